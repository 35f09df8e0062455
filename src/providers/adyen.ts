import { fail, ok } from "../core/result.ts"
import { jsonOf, textAt } from "./body-text.ts"
import { BASE64, HEX_KEY } from "./encodings.ts"
import { readField } from "./event-paths.ts"
import { hmacKey, noHeaders } from "./hmac-key.ts"
import { toProvider } from "./hmac-provider.ts"
import type { Provider } from "./provider.ts"

/** The fields of an Adyen item that are signed, in order. */
const ADYEN_FIELDS = [
  "pspReference",
  "originalReference",
  "merchantAccountCode",
  "merchantReference",
  "amount.value",
  "amount.currency",
  "eventCode",
  "success",
]

/** Bounds the HMACs that one body can ask for. Adyen sends one item with JSON, six at most with SOAP. */
const MAX_ADYEN_ITEMS = 16

interface AdyenItem {
  readonly message: string
  readonly signature: string
}

/** The items of a batch; undefined if one of them is not whole. */
function adyenItems(body: Uint8Array): readonly AdyenItem[] | undefined {
  const list = readField(jsonOf(body), ["notificationItems"])
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_ADYEN_ITEMS) return undefined
  const items = list.map((each: unknown) => {
    const item = readField(each, ["NotificationRequestItem"])
    const values = ADYEN_FIELDS.map((path) => readField(item, path.split(".")) ?? "")
    const signature = textAt(item, "additionalData.hmacSignature")
    const isPlain = values.every((value) => typeof value === "string" || Number.isSafeInteger(value))
    return isPlain && signature !== undefined ? { message: values.map(String).join(":"), signature } : undefined
  })
  return items.every((item) => item !== undefined) ? items : undefined
}

/** Adyen's standard webhooks: every item is signed, and of an item these eight fields: see `ADYEN_FIELDS`. */
export const adyen: Provider = /* @__PURE__ */ withItems()

function withItems(): Provider {
  const provider = toProvider(
    {
      name: "adyen",
      docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
      source: "S Adyen/adyen-node-api-library@3b84a188 src/utils/hmacValidator.ts",
    },
    {
      scheme: {
        parseHeaders: noHeaders,
        parseBody(_, body) {
          const items = adyenItems(body)
          if (!items) return fail("header_malformed")
          // The claim holds one signature over all items: what a batch must equal is the signatures of all, in order.
          return ok({
            signatures: [items.map(({ signature }) => signature).join(" ")],
            timeText: "",
            signedAt: undefined,
          })
        },
        prepareKey(key, engine) {
          const one = hmacKey({
            name: "adyen",
            key: HEX_KEY,
            encoding: BASE64,
            toMessage: ({ timeText }) => [timeText],
          })(key, engine)
          return {
            sign: (claim, body, target) =>
              adyenItems(body)
                ?.map(({ message }) => one.sign!({ ...claim, timeText: message }, body, target))
                .join(" "),
          }
        },
      },
      header: "",
      summary: "sha256 base64 HMAC of eight fields of each item",
      assurance: "verified",
      covers: { body: false, time: false, method: false, url: false },
    },
  )
  return { ...provider, covers: { ...provider.covers, id: true, type: true } }
}
