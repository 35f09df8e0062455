import { assertOption } from "../core/assert.ts"
import { isFields, isTimeSeconds, MAX_TIME_SECONDS } from "../core/is.ts"
import { toBytes, type BodyInput } from "../http/body-input.ts"
import { createHeaderLookup, type HeaderLookup, type HeadersInput } from "../http/headers.ts"
import { credicorp } from "../providers/credicorp.ts"
import type { AnyProvider, DeliveryTarget } from "../providers/provider.ts"
import { assertProvider, DEFAULT_TOLERANCE_SECONDS } from "../verify/options.ts"
import { isActive } from "../verify/keyring.ts"
import { MAX_SECRETS } from "../verify/secrets.ts"
import { lookupIn, type HeaderPair } from "./delivery-changes.ts"

/** A secret as a caller has it, whatever is wrong with it (spec 9.3). */
export type ExplainedSecret =
  | string
  | null
  | undefined
  | {
      readonly id?: string | undefined
      /** Text; a JWK as an object. */
      readonly secret?: unknown
      readonly notBefore?: number | undefined
      readonly notAfter?: number | undefined
    }

/** Another source of the same receiver: a delivery may have been meant for it. */
export interface OtherSource {
  readonly id: string
  readonly provider: AnyProvider
  readonly secrets: string | readonly ExplainedSecret[]
}

/** What `explain` compares a delivery with. */
export interface ExplainOptions {
  /** At least one; each may be of a kind that the verifier refuses. */
  readonly secrets: string | readonly ExplainedSecret[]
  /** Credicorp unless given. */
  readonly provider?: AnyProvider | undefined
  /** Whole seconds since 1970; the system clock unless given. */
  readonly now?: number | undefined
  /** The provider's tolerance unless given. */
  readonly toleranceSeconds?: number | undefined
  /** What the receiver accepts of a body, in bytes; 1 MiB unless given. */
  readonly maxBodyBytes?: number | undefined
  /** Of the delivery, for providers that sign it; `POST` unless given. */
  readonly method?: string | undefined
  /** The full URL that the sender called, for providers that sign it. */
  readonly url?: string | undefined
  readonly others?: readonly OtherSource[] | undefined
}

/** One secret, ready to be tried. */
export interface Candidate {
  readonly id: string
  /** Undefined where there is none. */
  readonly text: string | undefined
  readonly index: number
  /** Whether its validity covers the present. */
  readonly isActive: boolean
}

/** A delivery and everything it is compared with. */
export interface Subject {
  readonly body: Uint8Array
  readonly pairs: readonly HeaderPair[]
  readonly lookup: HeaderLookup
  readonly provider: AnyProvider
  readonly target: DeliveryTarget | undefined
  readonly secrets: readonly Candidate[]
  readonly others: readonly {
    readonly id: string
    readonly provider: AnyProvider
    readonly secrets: readonly Candidate[]
  }[]
  /** Whole seconds since 1970. */
  readonly now: number
  /** Whether `now` was given in milliseconds. */
  readonly isNowInMs: boolean
  readonly toleranceSeconds: number
}

/** Reads the arguments of `explain`. @throws {TypeError} One of them is not what it must be. */
export function toSubject(rawBody: BodyInput, headers: HeadersInput, options: ExplainOptions): Subject {
  assertOption(isFields(options), "explain takes an object of options as its third argument: { secrets }")
  const { provider = credicorp, now = Math.floor(Date.now() / 1000), method = "POST", url, others = [] } = options
  assertProvider(provider)
  assertOption(url === undefined || typeof url === "string", "url must be the full URL of the delivery, as text")
  const isNowInMs = Number.isInteger(now) && now > MAX_TIME_SECONDS
  const seconds = isNowInMs ? Math.floor(now / 1000) : now
  assertOption(isTimeSeconds(seconds), "now must be whole seconds since 1970")
  const { toleranceSeconds = provider.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS } = options
  assertOption(toleranceSeconds >= 1, "toleranceSeconds must be a whole number of seconds from 1")
  createHeaderLookup(headers)
  const pairs = toPairs(headers)
  return {
    body: toBytes(rawBody),
    pairs,
    lookup: lookupIn(pairs),
    provider,
    target: url === undefined ? undefined : { method, url },
    secrets: toCandidates("secrets", options.secrets, seconds),
    others: others.slice(0, MAX_SECRETS).map(({ id, provider: other, secrets }) => {
      assertProvider(other)
      return {
        id: id.slice(0, 128),
        provider: other,
        secrets: toCandidates("others.secrets", secrets, seconds),
      }
    }),
    now: seconds,
    isNowInMs,
    toleranceSeconds,
  }
}

function toCandidates(name: string, given: unknown, now: number): readonly Candidate[] {
  const list = typeof given === "string" ? [given] : given
  assertOption(Array.isArray(list) && list.length > 0, `${name} must list at least one secret`)
  return Array.from(list.slice(0, MAX_SECRETS), (item: unknown, index) => {
    const {
      id,
      secret,
      notBefore = 0,
      notAfter = MAX_TIME_SECONDS,
    } = (isFields(item) ? item : { secret: item }) as {
      readonly id?: unknown
      readonly secret?: unknown
      readonly notBefore?: number
      readonly notAfter?: number
    }
    const text = isFields(secret) ? JSON.stringify(secret) : secret
    return {
      id: typeof id === "string" && /^[\w.:-]{1,128}$/.test(id) ? id : `secret-${index + 1}`,
      text: typeof text === "string" && text.trim() !== "" ? text : undefined,
      index,
      isActive: isActive({ notBefore, notAfter }, now),
    }
  })
}

/** Every header line, in order; repeated values of a record are lines of their own. */
function toPairs(headers: HeadersInput): readonly HeaderPair[] {
  const entries: Iterable<readonly [string, unknown]> = Symbol.iterator in headers ? headers : Object.entries(headers)
  return [...entries].flatMap(([name, value]) =>
    [value].flat().flatMap((one): readonly HeaderPair[] => (typeof one === "string" ? [[name, one]] : [])),
  )
}
