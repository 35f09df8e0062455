import { toAscii, toUtf8 } from "../core/bytes.ts"
import type { Scheme, VerifyingScheme } from "./provider.ts"
import { parseSignatureList } from "./signature-list.ts"

/** The verifying half, by itself: whoever only verifies loads no more. */
export const credicorpVerifying: VerifyingScheme = {
  // Spec 1.4: the whole text is the key, `whsec_` included, not decoded.
  toKey: toUtf8,
  parseHeaders: (header) => parseSignatureList(header("credicorp-signature")),
  toSignedChunks: (timeText, body) => [toAscii(`${timeText}.`), body],
  encode: (hex) => hex,
}

/** `Credicorp-Signature: t=<seconds>,v1=<hex HMAC-SHA256 of "<t>.<body>">` (spec 1.1 to 1.4). */
export const credicorp: Scheme = /* @__PURE__ */ Object.assign(
  {
    name: "credicorp",
    deliveryHeader: "credicorp-delivery",
    dedupeKey: (event: { readonly id: string }) => event.id,
    toHeaders: (timeText: string, signatures: readonly string[]) => ({
      "Credicorp-Signature": [`t=${timeText}`, ...signatures].join(",v1="),
    }),
  },
  credicorpVerifying,
)
