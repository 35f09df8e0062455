import { assertOption } from "../core/assert.ts"
import { ok } from "../core/result.ts"
import { toUtf8 } from "../core/bytes.ts"
import { HEX, TEXT_KEY, type Encoding, type KeyFormat } from "./encodings.ts"
import { SHA256, type Hash, type HashEngine } from "./hashes.ts"
import type { Claim, DeliveryTarget, PreparedKey, Scheme } from "./provider.ts"

/** The claim of a delivery whose headers say nothing about its signature. */
export const EMPTY_CLAIM: Claim = { signatures: [], timeText: "", signedAt: undefined }

/** The headers of a scheme that has its signature elsewhere. */
export const noHeaders: Scheme["parseHeaders"] = () => ok(EMPTY_CLAIM)

/** Builds what is signed; undefined if the delivery does not have it, and then nothing matches. */
export type ToMessage = (
  claim: Claim,
  body: Uint8Array,
  target: DeliveryTarget | undefined,
  engine: HashEngine,
) => readonly (Uint8Array | string)[] | undefined

/** An HMAC key of a scheme that builds its message by code. */
export interface HmacKeyRule {
  readonly name: string
  readonly hash?: Hash
  readonly encoding?: Encoding
  readonly key?: KeyFormat
  readonly toMessage: ToMessage
  readonly select?: PreparedKey["select"]
}

/** Makes the `prepareKey` of such a scheme. */
export const hmacKey =
  ({ name, hash = SHA256, encoding = HEX, key = TEXT_KEY, toMessage, select }: HmacKeyRule): Scheme["prepareKey"] =>
  ({ secret }, engine) => {
    const bytes = key.decode(secret)
    assertOption(bytes, `a secret of ${name} must be ${key.name}`)
    const mac = engine.hmac(bytes, hash)
    return {
      ...(select && { select }),
      sign(claim, body, target) {
        const parts = toMessage(claim, body, target, engine)
        if (!parts) return undefined
        const text = mac(
          parts.map((part) => (typeof part === "string" ? toUtf8(part) : part)),
          encoding.base,
        )
        return encoding.spell ? encoding.spell(text) : text
      },
    }
  }
