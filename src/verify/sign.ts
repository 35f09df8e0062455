import { assertOption } from "../core/assert.ts"
import { isFields } from "../core/is.ts"
import { toBytes, type BodyInput } from "../http/body-input.ts"
import { createHeaderLookup } from "../http/headers.ts"
import { toClaim, toHeaders } from "../providers/hmac.ts"
import type { HmacLayout } from "../providers/hmac-layout.ts"
import type { AnyProvider, DeliveryTarget, Signer } from "../providers/provider.ts"
import { isActive } from "./keyring.ts"
import { checkOptions, type VerifyOptions } from "./options.ts"

/** How to sign: those options of verifying that signing needs, and what else a provider signs. */
export interface SignOptions extends Pick<
  VerifyOptions<Record<never, never>, AnyProvider>,
  "secrets" | "now" | "provider"
> {
  /** Header values that the provider signs beside the body, as its event id. Names in any case. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Method and URL, for providers that sign them. */
  readonly target?: DeliveryTarget | undefined
}

/**
 * Signs a body as a sender does, and returns the headers to send with it: one signature per secret that is valid now
 * (spec 1.2, 1.3, 5.6). Where the provider's header holds one signature, or names the id of the secret, it is that of the
 * first of these secrets. `verifyWebhook` accepts the result. Options that only verifying uses are ignored, so that both can
 * share one object.
 *
 * @throws {TypeError} An option is invalid, a header that the provider signs is not given, the body is not bytes or text, no secret is valid now, or the receiver's
 *   secret cannot sign for this provider.
 * @example
 * ```ts
 * const headers = signWebhook(body, { secrets: [env.WEBHOOK_SECRET], now: 1790000000 })
 * // { "Credicorp-Signature": "t=1790000000,v1=…" }
 * await fetch(url, { method: "POST", body, headers: { ...headers, "Content-Type": "application/json" } })
 * ```
 */
export function signWebhook(rawBody: BodyInput, options: SignOptions): Record<string, string> {
  const { headers = {}, target, ...verifying } = Object(options) as SignOptions
  // An argument that is not an object of options at all is named as such.
  const { provider, keys, ...settings } = checkOptions(isFields(options) ? verifying : options)
  const { layout } = provider
  const signer = provider.signer ?? (layout && signerOf(layout))
  assertOption(signer, `${provider.name} signs with a key that its receivers do not have`)
  const signedAt = settings.now()
  const active = keys.filter((key) => isActive(key, signedAt))
  const [first] = active
  assertOption(first, "secrets has no entry that is valid now; see notBefore and notAfter")
  const claim = signer.toClaim(signedAt, createHeaderLookup(headers), first.id)
  const body = toBytes(rawBody)
  const signatures = active.map(({ sign }) => sign?.(claim, body, target))
  assertOption(
    signatures.every((signature) => signature !== undefined),
    `a secret of ${provider.name} cannot sign: it is a public key`,
  )
  return signer.toHeaders(claim, signatures)
}

const signerOf = (layout: HmacLayout): Signer => ({
  toClaim: (signedAt, header, keyId) => toClaim(layout, signedAt, header, keyId),
  toHeaders: (claim, signatures) => toHeaders(layout, claim, signatures),
})
