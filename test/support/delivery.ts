/** The time of every test, in seconds since 1970, unless it sets another. */
export const NOW = 1_790_000_000

export const SECRET = "whsec_test_0123456789abcdef"

const utf8 = new TextEncoder()

/** HMAC-SHA256 by the platform's Web Crypto, lower-case hex: independent of the code under test. */
export async function hmacHex(secret: string, message: Uint8Array | string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" }
  const key = await crypto.subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["sign"])
  const mac = await crypto.subtle.sign("HMAC", key, typeof message === "string" ? utf8.encode(message) : message)
  return [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

/** One `v1` value over a time text and a body (spec 1.3), by `hmacHex`. */
export function v1(body: Uint8Array | string, time: number | string = NOW, secret = SECRET): Promise<string> {
  const bytes = typeof body === "string" ? utf8.encode(body) : body
  const prefix = utf8.encode(`${time}.`)
  const message = new Uint8Array(prefix.length + bytes.length)
  message.set(prefix)
  message.set(bytes, prefix.length)
  return hmacHex(secret, message)
}

/** A genuine `Credicorp-Signature` value. */
export const signatureHeader = async (
  body: Uint8Array | string,
  time: number | string = NOW,
  secret = SECRET,
): Promise<string> => `t=${time},v1=${await v1(body, time, secret)}`

/** An event of spec 2.1 as a plain object; `changes` replace its top-level fields, `undefined` removes one. */
export const sampleEvent = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: "evt_1",
  type: "decision.completed",
  created: "2026-09-21T14:13:20Z",
  livemode: false,
  api_version: "2026-07-01",
  data: {
    object: { id: "dec_1", enquiry_id: "enq_1", outcome: "approved", amount: 1200, currency: "GBP", term_months: 12 },
  },
  ...changes,
})

export const sampleBody = (changes?: Readonly<Record<string, unknown>>): string => JSON.stringify(sampleEvent(changes))

/** The parts of a signed delivery. Each can be replaced; a header that is set to undefined is left out. */
export interface DeliveryOptions {
  readonly body?: Uint8Array | string
  readonly time?: number | string
  readonly secret?: string
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly method?: string
  readonly url?: string
}

/** A delivery as the sender makes it, signed by `signatureHeader`. */
export async function signedRequest(options: DeliveryOptions = {}): Promise<Request> {
  const { body = sampleBody(), time, secret, headers = {}, method = "POST" } = options
  const all = {
    "Content-Type": "application/json",
    "Credicorp-Delivery": "dlv_1",
    "Credicorp-Signature": await signatureHeader(body, time, secret),
    ...headers,
  }
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const { url = "https://receiver.example/webhooks/credicorp" } = options
  return new Request(url, { method, headers: sent, ...(method === "GET" || method === "HEAD" ? {} : { body }) })
}
