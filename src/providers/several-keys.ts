// Providers that send one signature per key, each in a header of its own.

import { toAscii } from "../core/bytes.ts"
import { fail, ok } from "../core/result.ts"
import { RFC3339 } from "../core/time.ts"
import { BASE64 } from "./encodings.ts"
import { hmacKey } from "./hmac-key.ts"
import { toProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"
import { MAX_SIGNATURES } from "./signature-header.ts"

const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/

const PRIMARY = "box-signature-primary"

const boxKey = /* @__PURE__ */ hmacKey({
  name: "box",
  encoding: BASE64,
  toMessage: ({ timeText }, body) => [body, toAscii(timeText)],
})

/**
 * Box. The first secret is the primary key and the second the secondary one: each is compared with the header of its own
 * name alone.
 */
export const box: Provider = /* @__PURE__ */ toProvider(
  {
    name: "box",
    docs: "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
    source: "S box/box-node-sdk@7dcf9c2b src/managers/webhooks.ts",
    toleranceSeconds: 600,
  },
  {
    scheme: {
      parseHeaders(lookup) {
        const signatures = [PRIMARY, "box-signature-secondary"].map(lookup)
        const timeText = lookup("box-delivery-timestamp")
        if (!signatures.some(Boolean) || !timeText) return fail("header_missing")
        const signedAt = RFC3339.parse(timeText)
        // The names of version and algorithm must be the ones that are verified here; they choose nothing.
        const isKnown = lookup("box-signature-version") === "1" && lookup("box-signature-algorithm") === "HmacSHA256"
        if (!isKnown || signedAt === undefined || !signatures.some((each) => SIGNATURE.test(each)))
          return fail("header_malformed")
        return ok({ signatures, timeText, signedAt })
      },
      prepareKey: (key, engine) => ({
        ...boxKey(key, engine),
        select: ({ signatures }) => signatures.slice(key.index, key.index + 1),
      }),
      signer: {
        toClaim: (signedAt) => ({ signatures: [], timeText: RFC3339.format(signedAt), signedAt }),
        toHeaders: ({ timeText }, [primary = "", secondary]) => ({
          "Box-Signature-Primary": primary,
          ...(secondary !== undefined && { "Box-Signature-Secondary": secondary }),
          "Box-Delivery-Timestamp": timeText,
          "Box-Signature-Version": "1",
          "Box-Signature-Algorithm": "HmacSHA256",
        }),
      },
    },
    header: "Box-Signature-Primary",
    summary: "sha256 base64 HMAC of {body}{time}",
    assurance: "verified",
    covers: { body: true, time: true, method: false, url: false },
  },
)

/** DocuSign Connect: `X-DocuSign-Signature-1` to `-16`, one for each key. */
export const docusign: Provider = /* @__PURE__ */ toProvider(
  {
    name: "docusign",
    docs: "https://developers.docusign.com/platform/webhooks/connect/validate",
    source: "D https://developers.docusign.com/docs/platform/webhooks/connect/validate",
    event: { type: "body.event" },
  },
  {
    scheme: {
      parseHeaders(lookup) {
        const headers = Array.from({ length: MAX_SIGNATURES }, (_, i) => lookup(`x-docusign-signature-${i + 1}`))
        const signatures = headers.filter((header) => SIGNATURE.test(header))
        if (!headers.some(Boolean)) return fail("header_missing")
        return signatures.length > 0 ? ok({ signatures, timeText: "", signedAt: undefined }) : fail("header_malformed")
      },
      prepareKey: /* @__PURE__ */ hmacKey({ name: "docusign", encoding: BASE64, toMessage: (_, body) => [body] }),
      signer: {
        toClaim: () => ({ signatures: [], timeText: "", signedAt: undefined }),
        toHeaders: (_, signatures) =>
          Object.fromEntries(signatures.map((signature, i) => [`X-DocuSign-Signature-${i + 1}`, signature])),
      },
    },
    header: "X-DocuSign-Signature-1",
    summary: "sha256 base64 HMAC of {body}",
    assurance: "verified",
    covers: { body: true, time: false, method: false, url: false },
  },
)
