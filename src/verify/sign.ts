import { toBytes, type BodyInput } from "../http/body-input.ts"
import { checkOptions, type VerifyOptions } from "./options.ts"
import type { Scheme } from "../providers/provider.ts"
import { credicorp } from "../providers/credicorp.ts"
import { isActive } from "./keyring.ts"

/** How to sign: the options of verifying that have a say in it. */
export interface SignOptions extends Pick<VerifyOptions, "secrets" | "now"> {
  /** The provider; Credicorp unless given. */
  readonly scheme?: Scheme | undefined
}

/**
 * Signs a body as a sender does: the headers to send with it, one signature per secret that is valid now (spec 1.2,
 * 1.3, 5.6). What it returns is what `verifyWebhook` takes.
 *
 * @throws {TypeError} An option is unsound, the body is not bytes or text, or no secret is valid now.
 * @example
 * ```ts
 * const headers = signWebhook(body, { secrets: ["whsec_…"], now: 1790000000 })
 * // { "Credicorp-Signature": "t=1790000000,v1=…" }
 * await fetch(url, { method: "POST", body, headers: { ...headers, "Content-Type": "application/json" } })
 * ```
 */
export function signWebhook(
  rawBody: BodyInput,
  { secrets, now, scheme = credicorp }: SignOptions,
): Record<string, string> {
  const settings = checkOptions({ secrets, now, scheme })
  const signedAt = settings.now()
  const keys = settings.keys.filter((key) => isActive(key, signedAt))
  if (keys.length === 0) throw new TypeError("no secret is valid now: there is nothing to sign with")
  const timeText = String(signedAt)
  const chunks = scheme.toSignedChunks(timeText, toBytes(rawBody))
  return scheme.toHeaders(
    timeText,
    keys.map(({ sign }) => sign(chunks)),
  )
}
