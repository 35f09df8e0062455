import { toBase64, toHex, equalText } from "../core/bytes.ts"
import type { HeaderLookup } from "../http/headers.ts"
import { SHA256, type BytesEncoding, type Hash, type HashEngine } from "../providers/hashes.ts"
import type { AnyProvider, Claim, DeliveryTarget, PreparedKey } from "../providers/provider.ts"
import { chooseEngine, nobleEngine } from "../verify/hmac.ts"

/** Guesses of one explanation, each an HMAC or an asymmetric check: 200 HMACs of 64 KiB take 10 ms natively. */
export const MAX_TRIALS = 200

/** One guess: a delivery as it would have to look like. */
export interface Trial {
  readonly provider: AnyProvider
  readonly secret: string
  readonly id: string
  readonly index: number
  readonly body: Uint8Array
  readonly lookup: HeaderLookup
  readonly target: DeliveryTarget | undefined
  /** Whole seconds since 1970. */
  readonly now: number
}

/** Tries guesses, and counts what they cost. */
export interface Trials {
  /** The claim that was proven, whatever its time; undefined if the guess is wrong or the budget is spent. */
  readonly run: (trial: Trial) => Promise<Claim | undefined>
  readonly left: () => number
}

/** Makes the budget of one explanation. */
export function createTrials(budget: number = MAX_TRIALS): Trials {
  let left = budget
  return {
    left: () => left,
    async run(trial) {
      const { provider, lookup, body } = trial
      if (left <= 0 || !provider.parseHeaders(lookup).ok) return undefined
      // A provider whose signature is in the body parses all of it for each guess.
      left -= 1 + (provider.parseBody ? body.length >> 16 : 0)
      const claim = readClaim(trial)
      if (!claim) return undefined
      try {
        return (await isSigned(trial, claim)) ? claim : undefined
      } catch {
        // The secret is not a key of this provider, or the platform lacks its algorithm: not a match.
        return undefined
      }
    },
  }
}

/** The claim of a delivery; undefined if it cannot be read. */
export function readClaim({ provider, lookup, body }: Pick<Trial, "provider" | "lookup" | "body">): Claim | undefined {
  const claim = provider.parseHeaders(lookup)
  const whole = claim.ok && provider.parseBody ? provider.parseBody(claim.value, body, lookup) : claim
  return whole.ok ? whole.value : undefined
}

async function isSigned(trial: Trial, claim: Claim): Promise<boolean> {
  const { provider, id, secret, index, body, target, now } = trial
  const prepare = (engine: HashEngine): PreparedKey => provider.prepareKey({ id, secret, index }, engine)
  const key = prepare(nobleEngine)
  if (key.verify) return await key.verify(claim, body, target, now)
  const expected = await withHashes((engine) => prepare(engine).sign!(claim, body, target))
  const signatures = key.select ? key.select(claim) : claim.signatures
  return !!expected && signatures.some((signature) => equalText(signature, expected))
}

/**
 * Runs synchronous code that hashes, by Web Crypto where the platform has no synchronous engine: JavaScript would need a
 * quarter of a second for 200 HMACs of 64 KiB. The code is run again until every hash that it asks for is known.
 */
async function withHashes<Value>(work: (engine: HashEngine) => Value): Promise<Value> {
  if (chooseEngine() !== nobleEngine) return work(chooseEngine())
  const known: Uint8Array[] = []
  for (;;) {
    // The first that is not known yet. What is asked for after it may depend on it.
    let asked: (() => Promise<Uint8Array>) | undefined
    let next = 0
    const answer = (compute: () => Promise<Uint8Array>, hash: Hash, encoding: BytesEncoding): string => {
      const bytes = known[next++]
      if (!bytes) asked ??= compute
      return encode(bytes ?? new Uint8Array(hash.noble.outputLen), encoding)
    }
    const value = work({
      hmac:
        (key, hash = SHA256) =>
        (chunks, encoding = "hex") =>
          answer(() => sign(key, hash, chunks), hash, encoding),
      digest: (chunks, hash = SHA256, encoding = "hex") => answer(() => digest(hash, chunks), hash, encoding),
    })
    if (!asked) return value
    known.push(await asked())
  }
}

const encode = (bytes: Uint8Array, encoding: BytesEncoding): string =>
  encoding === "hex" ? toHex(bytes) : toBase64(bytes)

const WEB_NAMES = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" } as const

const join = (chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const joined = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
}

async function sign(key: Uint8Array, { name }: Hash, chunks: readonly Uint8Array[]): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: WEB_NAMES[name] }
  const cryptoKey = await crypto.subtle.importKey("raw", new Uint8Array(key), algorithm, false, ["sign"])
  return new Uint8Array(await crypto.subtle.sign("HMAC", cryptoKey, join(chunks)))
}

const digest = async ({ name }: Hash, chunks: readonly Uint8Array[]): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest(WEB_NAMES[name], join(chunks)))
