import { isTimeSeconds } from "../core/is.ts"
import { SECONDS } from "../core/time.ts"
import { refuseSignature, type Refusal } from "../errors/webhook-error.ts"
import { checkTimestamp } from "../verify/verify.ts"
import { cause, rank, type Cause } from "./causes.ts"
import type { Candidate, Subject } from "./subject.ts"

/** Why a delivery was refused, the most likely cause first (spec 9.1); or that its signature and time are right. */
export type Explanation =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: Refusal; readonly causes: readonly Cause[] }

/** A secret that signed the delivery as it is. */
export interface Signed {
  readonly secret: Candidate
  readonly signedAt: number | undefined
  readonly timeText: string
}

/** Takes the error of a refusal. */
export const pick = ({ error }: { readonly error: Refusal }): { readonly error: Refusal } => ({ error })

/** Explains a delivery whose signature is right: what is left is its time, and the validity of the secret. */
export function explainTime(subject: Subject, { secret, signedAt, timeText }: Signed): Explanation {
  const { provider, now, isNowInMs, toleranceSeconds, lookup } = subject
  if (isNowInMs) {
    const evidence = "now was given in milliseconds"
    return {
      ok: false,
      ...pick(refuseSignature("timestamp_stale")),
      causes: [cause("time_milliseconds", "certain", evidence)],
    }
  }
  if (provider.covers.time && !isTimeSeconds(signedAt)) {
    const evidence = `${provider.name} signs a time, and the signed part of the delivery has none that can be read`
    return {
      ok: false,
      ...pick(refuseSignature("header_malformed")),
      causes: [cause("signed_without_time", "likely", evidence)],
    }
  }
  const problem = isTimeSeconds(signedAt) && provider.covers.time && checkTimestamp(signedAt, now, toleranceSeconds)
  if (!problem) {
    if (secret.isActive) return { ok: true }
    const evidence = `${secret.id} matches, and its notBefore and notAfter do not include the present`
    return {
      ok: false,
      ...pick(refuseSignature("signature_mismatch")),
      causes: [cause("other_secret", "certain", evidence)],
    }
  }
  const age = now - signedAt
  const apart = `the delivery was signed ${Math.abs(age)} s ${age < 0 ? "ahead of" : "before"} the receiver's clock, ${toleranceSeconds} s are tolerated`
  const inSeconds = SECONDS.parse(timeText)
  const causes: Cause[] = []
  if (inSeconds !== undefined && inSeconds !== signedAt && !checkTimestamp(inSeconds, now, toleranceSeconds)) {
    causes.push(
      cause("time_milliseconds", "certain", `the time is in seconds, and ${provider.name} writes another unit`),
    )
  } else if (age < 0) causes.push(cause("clock_skew", "certain", apart))
  else {
    const sent = Math.floor(Date.parse(lookup("date")) / 1000)
    const isFresh = Math.abs(sent - signedAt) <= toleranceSeconds
    // A wrong time zone is whole hours or half hours off.
    const isZone =
      age <= 14 * 3_600 + toleranceSeconds && Math.abs(age - Math.round(age / 1_800) * 1_800) <= 120 && age >= 1_680
    if (isFresh && Math.abs(sent - now) > toleranceSeconds && Math.abs(sent - now) <= 86_400) {
      causes.push(cause("clock_skew", "likely", `${apart}; the Date header agrees with the sender`))
    }
    causes.push(cause("stale_delivery", "certain", apart))
    if (isZone)
      causes.push(cause("clock_skew", "possible", `${apart}: nearly whole half hours, as of a wrong time zone`))
  }
  return { ok: false, ...pick(refuseSignature(problem)), causes: rank(causes) }
}
