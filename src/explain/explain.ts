import { refuseSignature, refuseSize } from "../errors/webhook-error.ts"
import type { BodyInput } from "../http/body-input.ts"
import type { HeadersInput } from "../http/headers.ts"
import { DEFAULT_MAX_BODY_BYTES } from "../verify/options.ts"
import { bodyChanges, type BodyChange } from "./body-changes.ts"
import { cause, rank, type Cause } from "./causes.ts"
import {
  headerNameChanges,
  layoutChanges,
  spellingChanges,
  urlChanges,
  type DeliveryChange,
} from "./delivery-changes.ts"
import { secretChanges } from "./secret-changes.ts"
import { MAX_EXPLAINED_BYTES, shapeCauses } from "./shapes.ts"
import { toSubject, type Candidate, type ExplainOptions, type Subject } from "./subject.ts"
import { explainTime, pick, type Explanation, type Signed } from "./time.ts"
import { createTrials, type Trials } from "./trials.ts"

/** A change to anything that is signed. */
type Change = Omit<DeliveryChange & Partial<BodyChange>, "code"> & Pick<Cause, "code">

/**
 * Explains why a delivery was refused, by computing: a cause is `certain` only if the signature matches
 * without it, whatever the time.
 *
 * It takes at most 16 secrets, each of which may be one that the verifier refuses (spec 9.3). It never returns a secret, nor a signature. It costs at
 * most 200 HMACs: call it for deliveries that were refused, at a bounded rate. A body over 1 MiB is not hashed: it is
 * explained from its first part and its length.
 *
 * @returns `ok: true` if signature and time are right; the event is not looked at.
 * @throws {TypeError} An argument is not what it must be, or the list of secrets is empty.
 * @example
 * ```ts
 * const result = await explain(`${rawBody}\n`, headers, { secrets })
 * if (!result.ok) console.log(result.causes[0]?.code, result.causes[0]?.fix) // "body_newline", "Pass the body unchanged…"
 * ```
 */
export async function explain(
  rawBody: BodyInput,
  headers: HeadersInput,
  options: ExplainOptions,
): Promise<Explanation> {
  const subject = toSubject(rawBody, headers, options)
  if (subject.body.length > MAX_EXPLAINED_BYTES) {
    const causes = [...shapeCauses(subject), cause("secret_wrong", "possible", NOT_HASHED)]
    const isTooLarge = subject.body.length > (options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES)
    const error = pick(isTooLarge ? refuseSize() : refuseSignature("signature_mismatch"))
    return { ok: false, ...error, causes: rank(causes) }
  }
  const trials = createTrials()
  const signed = await findSigned(subject, trials)
  if (signed) return explainTime(subject, signed)
  const claim = subject.provider.parseHeaders(subject.lookup)
  const error = pick(refuseSignature(claim.ok ? "signature_mismatch" : claim.error))
  const proven = await findChange(subject, trials)
  const shaped = shapeCauses(subject)
  const isProven = proven.some(({ confidence }) => confidence === "certain")
  const wrong = cause("secret_wrong", "possible", "no secret matches, with or without the usual mistakes")
  return { ok: false, ...error, causes: rank([...proven, ...shaped, ...(isProven ? [] : [wrong])]) }
}

const NOT_HASHED = `the body is over ${MAX_EXPLAINED_BYTES} bytes and was not hashed`

async function findSigned(subject: Subject, trials: Trials): Promise<Signed | undefined> {
  // Of two secrets with one text, the one that is valid now is the one that the verifier finds.
  for (const secret of subject.secrets.toSorted((a, b) => Number(b.isActive) - Number(a.isActive))) {
    const claim = await trials.run(toTrial(subject, secret))
    if (!claim) continue
    const { provider, body } = subject
    const signedAt = provider.readTime ? provider.readTime(claim, body) : claim.signedAt
    return { secret, signedAt, timeText: claim.timeText }
  }
  return undefined
}

const toTrial = (subject: Subject, secret: Candidate, change: Partial<Change> = {}, text = secret.text) => ({
  provider: change.provider ?? subject.provider,
  secret: text ?? "",
  id: secret.id,
  index: secret.index,
  body: change.body ?? subject.body,
  lookup: change.lookup ?? subject.lookup,
  target: change.target ?? subject.target,
  now: subject.now,
})

/** Undoes one change, then two, until the delivery verifies. */
async function findChange(subject: Subject, trials: Trials): Promise<readonly Cause[]> {
  const secrets = subject.secrets.filter(({ text }) => text !== undefined)
  const tried = async (change: Partial<Change>, secret: Candidate, text?: string): Promise<boolean> =>
    (await trials.run(toTrial(subject, secret, change, text))) !== undefined

  for (const secret of secrets) {
    for (const { code, text, evidence } of secretChanges(secret.text!)) {
      if (await tried({}, secret, text)) return [cause(code, "certain", `${secret.id} ${evidence}`)]
    }
  }
  const delivered: readonly Change[] = [
    ...headerNameChanges(subject.provider, subject.pairs),
    ...spellingChanges(subject.provider, subject.pairs),
    ...layoutChanges(subject.provider),
    ...urlChanges(subject.provider, subject.pairs, subject.target),
  ]
  const bodies: readonly Change[] = await bodyChanges(subject.body)
  for (const change of [...delivered, ...bodies]) {
    for (const secret of secrets) {
      if (await tried(change, secret)) return [cause(change.code, "certain", `${change.evidence} (${secret.id})`)]
    }
  }
  const other = await findOther(subject, trials)
  if (other.length > 0) return other

  // Two mistakes at once: each alone proves nothing, so neither is certain.
  const secretOnes = secrets.flatMap((secret) => secretChanges(secret.text!).map((change) => ({ secret, change })))
  for (const { secret, change } of secretOnes) {
    for (const second of [...delivered, ...bodies]) {
      if (!(await tried(second, secret, change.text))) continue
      return [
        cause(
          change.code,
          "likely",
          `${secret.id} ${change.evidence}; the delivery verifies once ${second.code} is undone, too`,
        ),
        cause(second.code, "likely", `${second.evidence}; the delivery verifies once ${change.code} is undone, too`),
      ]
    }
  }
  for (const first of delivered) {
    for (const second of bodies) {
      for (const secret of secrets) {
        if (!second.body || !(await tried({ ...first, body: second.body }, secret))) continue
        return [
          cause(first.code, "likely", `${first.evidence}; the delivery verifies once ${second.code} is undone, too`),
          cause(second.code, "likely", `${second.evidence}; the delivery verifies once ${first.code} is undone, too`),
        ]
      }
    }
  }
  return []
}

/** A delivery that was meant for another source, or signed with the secret of one. */
async function findOther(subject: Subject, trials: Trials): Promise<readonly Cause[]> {
  for (const { id, provider, secrets } of subject.others) {
    const isSame = provider.name === subject.provider.name
    for (const secret of secrets) {
      if (secret.text === undefined) continue
      if (await trials.run(toTrial(subject, secret, { provider }))) {
        const evidence = `the delivery verifies with ${secret.id} of the source ${id} (${provider.name})`
        return isSame
          ? [cause("other_secret", "certain", evidence)]
          : [cause("wrong_provider", "certain", evidence), cause("other_secret", "likely", evidence)]
      }
      if (isSame) continue
      for (const own of subject.secrets) {
        if (own.text === undefined || !(await trials.run(toTrial(subject, own, { provider })))) continue
        return [cause("wrong_provider", "certain", `the delivery verifies with ${own.id} as one of ${provider.name}`)]
      }
      if (await trials.run(toTrial(subject, secret))) {
        return [cause("other_secret", "certain", `the delivery verifies with ${secret.id} of the source ${id}`)]
      }
    }
  }
  return []
}
