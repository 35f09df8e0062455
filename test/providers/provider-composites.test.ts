// Providers that need code: each against a delivery made with node:crypto from its documentation.

import { createHash, createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import { NOW } from "../support/delivery.ts"
import { check, METHOD, providerOf, refusalsOf, URL_OF_ALL, type Genuine } from "./refusals.ts"

const SECRET = "sk_0123456789abcdef0123456789abcdef"
const t = String(NOW)
const iso = new Date(NOW * 1000).toISOString()

interface MacOptions {
  readonly key?: string | Buffer
  readonly hash?: string
  readonly encoding?: "hex" | "base64"
}

const mac = (message: string | Buffer, { key = SECRET, hash = "sha256", encoding = "hex" }: MacOptions = {}): string =>
  createHmac(hash, key).update(message).digest(encoding)

const form = (fields: Readonly<Record<string, string>>): string => String(new URLSearchParams(fields))

const BODY = '{"id":"evt_1",\r\n"type":"a.b"}'

interface Row extends Partial<Genuine> {
  readonly signature: string
}

const jsonHash = createHash("sha256").update(BODY).digest("hex")

const HEX_KEY = "11223344D785FBAE710E7F943F307971"

const item = (changes: object = {}): Readonly<Record<string, unknown>> => ({
  pspReference: "psp",
  merchantAccountCode: "acc",
  merchantReference: "ref",
  amount: { value: 100, currency: "EUR" },
  eventCode: "AUTHORISATION",
  success: "true",
  ...changes,
})

const adyenSignature = mac("psp::acc:ref:100:EUR:AUTHORISATION:true", {
  key: Buffer.from(HEX_KEY, "hex"),
  encoding: "base64",
})

const adyenBody = (...items: readonly object[]): string =>
  JSON.stringify({ notificationItems: items.map((each) => ({ NotificationRequestItem: each })) })

const signed = (signature: string, changes: object = {}): object => ({
  ...item(changes),
  additionalData: { hmacSignature: signature },
})

const braintreeKey = createHash("sha1").update(SECRET).digest()
const payload = Buffer.from("<notification/>").toString("base64")
const braintreeSignature = mac(payload, { key: braintreeKey, hash: "sha1" })

const multipart = (json: string): string =>
  `--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--b--\r\n`

const hook0Values = `${t}.content-type x-a.application/json.1.${BODY}`

const contentfulMessage = `POST\n/webhooks/one?a=1\nx-contentful-signed-headers:x-contentful-signed-headers,x-contentful-timestamp;x-contentful-timestamp:${t}000\n${BODY}`

const ROWS: Readonly<Record<string, Row>> = {
  adyen: {
    secret: HEX_KEY,
    otherSecret: `${HEX_KEY.slice(2)}00`,
    body: adyenBody(signed(adyenSignature), signed(adyenSignature)),
    signature: adyenSignature,
  },
  braintree: {
    body: form({ bt_signature: `other|aa&key-1|${braintreeSignature}`, bt_payload: payload }),
    signature: braintreeSignature,
  },
  cloudinary: {
    headers: {
      "X-Cld-Signature": createHash("sha1").update(`${BODY}${t}${SECRET}`).digest("hex"),
      "X-Cld-Timestamp": t,
    },
    signature: createHash("sha1").update(`${BODY}${t}${SECRET}`).digest("hex"),
    tolerance: 7_200,
  },
  contentful: {
    headers: {
      "x-contentful-signature": mac(contentfulMessage),
      "x-contentful-timestamp": `${t}000`,
      "x-contentful-signed-headers": "x-contentful-signed-headers,x-contentful-timestamp",
    },
    signature: mac(contentfulMessage),
    tolerance: 30,
  },
  d4sign: {
    headers: { "Content-Hmac": `sha256=${mac("uuid-1")}` },
    body: form({ uuid: "uuid-1", type_post: "1" }),
    signature: mac("uuid-1"),
  },
  docusign: {
    headers: {
      "X-DocuSign-Signature-1": mac("x", { encoding: "base64" }),
      "X-DocuSign-Signature-2": mac(BODY, { encoding: "base64" }),
    },
    signature: mac(BODY, { encoding: "base64" }),
  },
  dropboxSign: {
    headers: { "content-type": "multipart/form-data; boundary=b" },
    body: multipart(JSON.stringify({ event: { event_time: t, event_type: "signed", event_hash: mac(`${t}signed`) } })),
    signature: mac(`${t}signed`),
    tolerance: 300,
  },
  hook0: {
    headers: {
      "X-Hook0-Signature": `t=${t},h=content-type x-a,v1=${mac(hook0Values)}`,
      "Content-Type": "application/json",
      "X-A": "1",
    },
    signature: mac(hook0Values),
    tolerance: 300,
  },
  hubspotV1: {
    headers: {
      "X-HubSpot-Signature": createHash("sha256")
        .update(SECRET + BODY)
        .digest("hex"),
    },
    signature: createHash("sha256")
      .update(SECRET + BODY)
      .digest("hex"),
  },
  hubspotV2: {
    headers: {
      "X-HubSpot-Signature": createHash("sha256")
        .update(SECRET + METHOD + URL_OF_ALL + BODY)
        .digest("hex"),
    },
    signature: createHash("sha256")
      .update(SECRET + METHOD + URL_OF_ALL + BODY)
      .digest("hex"),
  },
  kontentAi: {
    headers: { "X-Kontent-ai-Signature": mac('{"a":\r\n1}', { encoding: "base64" }) },
    body: '{"a":\n\r\n1}',
    signature: mac('{"a":\r\n1}', { encoding: "base64" }),
  },
  mailgun: {
    body: JSON.stringify({ signature: { timestamp: t, token: "tok", signature: mac(`${t}tok`) }, "event-data": {} }),
    signature: mac(`${t}tok`),
    tolerance: 300,
  },
  mandrill: {
    headers: {
      "X-Mandrill-Signature": mac('https://receiver.example/webhooks/one?a=1a2mandrill_events[{"event":"send"}]', {
        hash: "sha1",
        encoding: "base64",
      }),
    },
    body: form({ mandrill_events: '[{"event":"send"}]', a: "2" }),
    signature: mac('https://receiver.example/webhooks/one?a=1a2mandrill_events[{"event":"send"}]', {
      hash: "sha1",
      encoding: "base64",
    }),
  },
  mercadoPago: {
    headers: { "x-signature": `ts=${t},v1=${mac(`id:abc;request-id:req-1;ts:${t};`)}`, "x-request-id": "req-1" },
    url: "https://receiver.example/hook?data.id=ABC&type=payment",
    signature: mac(`id:abc;request-id:req-1;ts:${t};`),
    tolerance: 300,
  },
  messageBirdClassic: {
    headers: {
      "MessageBird-Signature": mac(
        Buffer.concat([Buffer.from(`${t}\na=1\n`), createHash("sha256").update(BODY).digest()]),
        { encoding: "base64" },
      ),
      "MessageBird-Request-Timestamp": t,
    },
    signature: mac(Buffer.concat([Buffer.from(`${t}\na=1\n`), createHash("sha256").update(BODY).digest()]), {
      encoding: "base64",
    }),
    tolerance: 300,
  },
  openNode: {
    body: form({ id: "charge-1", status: "paid", hashed_order: mac("charge-1") }),
    signature: mac("charge-1"),
  },
  pandadoc: { url: `https://receiver.example/hook?signature=${mac(BODY)}`, signature: "" },
  plivo: {
    headers: {
      "X-Plivo-Signature-V3": mac("https://receiver.example/webhooks/one?a=1.Event1From9.n1", { encoding: "base64" }),
      "X-Plivo-Signature-V3-Nonce": "n1",
    },
    body: form({ From: "9", Event: "1" }),
    signature: mac("https://receiver.example/webhooks/one?a=1.Event1From9.n1", { encoding: "base64" }),
  },
  plivoV2: {
    headers: {
      "X-Plivo-Signature-V2": mac("https://receiver.example/webhooks/onen1", { encoding: "base64" }),
      "X-Plivo-Signature-V2-Nonce": "n1",
    },
    signature: mac("https://receiver.example/webhooks/onen1", { encoding: "base64" }),
  },
  signWell: {
    body: JSON.stringify({ event: { type: "done", time: NOW, hash: mac(`done@${t}`) }, data: {} }),
    signature: mac(`done@${t}`),
    tolerance: 300,
  },
  sinchVoice: {
    secret: Buffer.from(SECRET).toString("base64"),
    otherSecret: Buffer.from(`${SECRET}x`).toString("base64"),
    headers: {
      Authorization: `application key-1:${mac(`POST\n${createHash("md5").update(BODY).digest("base64")}\napplication/json\nx-timestamp:${iso}\n/webhooks/one?a=1`, { encoding: "base64" })}`,
      "x-timestamp": iso,
      "content-type": "application/json",
    },
    signature: mac(
      `POST\n${createHash("md5").update(BODY).digest("base64")}\napplication/json\nx-timestamp:${iso}\n/webhooks/one?a=1`,
      { encoding: "base64" },
    ),
    tolerance: 300,
  },
  smileId: {
    body: JSON.stringify({ timestamp: iso, signature: mac(`${iso}key-1sid_request`, { encoding: "base64" }) }),
    signature: mac(`${iso}key-1sid_request`, { encoding: "base64" }),
    tolerance: 300,
  },
  tebex: { headers: { "X-Signature": mac(jsonHash) }, signature: mac(jsonHash) },
  twilio: {
    headers: {
      "X-Twilio-Signature": mac(`${URL_OF_ALL}&bodySHA256=${jsonHash}`, { hash: "sha1", encoding: "base64" }),
    },
    url: `${URL_OF_ALL}&bodySHA256=${jsonHash}`,
    signature: mac(`${URL_OF_ALL}&bodySHA256=${jsonHash}`, { hash: "sha1", encoding: "base64" }),
  },
  zettle: {
    headers: { "X-iZettle-Signature": mac(`${iso}.{"a":1}`) },
    body: JSON.stringify({ timestamp: iso, payload: '{"a":1}' }),
    signature: mac(`${iso}.{"a":1}`),
    tolerance: 300,
  },
}

const genuineOf = (name: string, row: Row): Genuine => ({
  provider: providerOf(name),
  secret: SECRET,
  otherSecret: `${SECRET}x`,
  headers: {},
  body: BODY,
  now: NOW,
  tolerance: 0,
  ...row,
})

/** An empty body is taken with `bodySHA256`, as Twilio's libraries do; braintree's form may carry other fields. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  twilio: ["no body"],
  braintree: ["a byte more in the body"],
}

describe.each(Object.entries(ROWS))("%s", (name, row) => {
  const genuine = genuineOf(name, row)

  it("takes a genuine delivery", async () => {
    expect(await check(genuine)).toBe("ok")
  })

  it("refuses it with one thing changed", async () => {
    const refusals = refusalsOf(genuine).filter(({ why }) => !TAKEN[name]?.includes(why))
    expect(refusals.length).toBeGreaterThanOrEqual(row.signature ? 8 : 4)
    for (const { why, changed } of refusals) expect(`${why}: ${await check(changed)}`).not.toBe(`${why}: ok`)
  })
})

describe("what each of them could be fooled by", () => {
  const cases: readonly { readonly why: string; readonly name: string; readonly change: Partial<Genuine> }[] = [
    {
      why: "one forged item behind a genuine one",
      name: "adyen",
      change: { body: adyenBody(signed(adyenSignature), signed(adyenSignature, { success: "false" })) },
    },
    { why: "an item without a signature", name: "adyen", change: { body: adyenBody(signed(adyenSignature), item()) } },
    { why: "no items", name: "adyen", change: { body: adyenBody() } },
    {
      why: "17 items",
      name: "adyen",
      change: { body: adyenBody(...Array.from({ length: 17 }, () => signed(adyenSignature))) },
    },
    {
      why: "fields whose colons join to the same text",
      name: "adyen",
      change: { body: adyenBody(signed(adyenSignature, { amount: { value: { toString: 1 }, currency: "EUR" } })) },
    },
    {
      why: "the answer to its challenge for a payload",
      name: "braintree",
      change: {
        body: form({
          bt_signature: `key-1|${mac("0123456789abcdef01234567", { key: braintreeKey, hash: "sha1" })}`,
          bt_payload: "0123456789abcdef01234567",
        }),
      },
    },
    { why: "the pair of another public key", name: "braintree", change: { secretId: "key-2" } },
    { why: "the secondary's signature in the primary's header", name: "box", change: {} },
    {
      why: "a list of signed headers without the time",
      name: "contentful",
      change: {
        headers: { ...ROWS["contentful"]!.headers, "x-contentful-signed-headers": "x-contentful-signed-headers" },
      },
    },
    {
      why: "a signed header that is changed",
      name: "hook0",
      change: { headers: { ...ROWS["hook0"]!.headers, "X-A": "2" } },
    },
    {
      why: "a signed header that is gone",
      name: "hook0",
      change: {
        headers: {
          "X-Hook0-Signature": ROWS["hook0"]!.headers!["X-Hook0-Signature"]!,
          "Content-Type": "application/json",
        },
      },
    },
    {
      why: "the older version v0",
      name: "hook0",
      change: { headers: { "X-Hook0-Signature": `t=${t},v0=${mac(`${t}.${BODY}`)}` } },
    },
    {
      why: "another request id",
      name: "mercadoPago",
      change: { headers: { ...ROWS["mercadoPago"]!.headers, "x-request-id": "req-2" } },
    },
    { why: "a body that is not the hash in the URL", name: "twilio", change: { body: "{}" } },
    { why: "no signature in the URL", name: "pandadoc", change: { url: "https://receiver.example/hook" } },
    {
      why: "another signature in the URL",
      name: "pandadoc",
      change: { url: `https://receiver.example/hook?signature=${"0".repeat(64)}` },
    },
    {
      why: "another content type",
      name: "sinchVoice",
      change: { headers: { ...ROWS["sinchVoice"]!.headers, "content-type": "text/plain" } },
    },
    { why: "another partner", name: "smileId", change: { secretId: "key-2" } },
    {
      why: "another payload beside the signed time",
      name: "zettle",
      change: { body: JSON.stringify({ timestamp: iso, payload: '{"a":2}' }) },
    },
  ]

  it.each(cases.filter(({ name }) => name !== "box"))("$name: $why", async ({ name, change }) => {
    expect(await check({ ...genuineOf(name, ROWS[name]!), ...change })).not.toBe("ok")
  })

  it("box: a signature in the header of the other key", async () => {
    const signature = mac(BODY + iso, { encoding: "base64" })
    const headers = {
      "Box-Delivery-Timestamp": iso,
      "Box-Signature-Version": "1",
      "Box-Signature-Algorithm": "HmacSHA256",
    }
    const genuine = genuineOf("box", { signature, headers: { ...headers, "Box-Signature-Primary": signature } })
    expect(await check(genuine)).toBe("ok")
    expect(await check({ ...genuine, headers: { ...headers, "Box-Signature-Secondary": signature } })).not.toBe("ok")
  })
})
