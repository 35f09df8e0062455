// Providers that sign with a private key, each against a delivery signed with node:crypto and a key made for the run.

import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto"
import { CompactSign, importPKCS8, SignJWT } from "jose"
import { describe, expect, it } from "vitest"
import * as providers from "../../src/providers.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { NOW } from "../support/delivery.ts"
import { check, METHOD, providerOf, refusalsOf, URL_OF_ALL, type Genuine } from "./refusals.ts"

const BODY = '{"id":"evt_1","note":"é"}'

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const ed25519 = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")] as const
const p256 = [
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
] as const
const p521 = [
  generateKeyPairSync("ec", { namedCurve: "P-521" }),
  generateKeyPairSync("ec", { namedCurve: "P-521" }),
] as const
const rsa = [
  generateKeyPairSync("rsa", { modulusLength: 2048 }),
  generateKeyPairSync("rsa", { modulusLength: 2048 }),
] as const

const pem = ({ publicKey }: Pair): string => publicKey.export({ type: "spki", format: "pem" }) as string
const pkcs8 = ({ privateKey }: Pair): string => privateKey.export({ type: "pkcs8", format: "pem" }) as string
const spki = ({ publicKey }: Pair): string => publicKey.export({ type: "spki", format: "der" }).toString("base64")
const raw = ({ publicKey }: Pair): Buffer => publicKey.export({ type: "spki", format: "der" }).subarray(-32)
const jwk = ({ publicKey }: Pair): string => JSON.stringify(publicKey.export({ format: "jwk" }))

interface Row {
  readonly keys: readonly [Pair, Pair]
  readonly toSecret: (pair: Pair) => string
  readonly hash: string | null
  readonly encoding: "hex" | "base64"
  readonly message: string
  readonly headers: (signature: string) => Readonly<Record<string, string>>
  readonly tolerance?: number
}

const t = String(NOW)
const iso = new Date(NOW * 1000).toISOString()
/** CRC-32 by the table method, so that it is not the code under test. */
function crc32(text: string): number {
  const table = Array.from({ length: 256 }, (_, n) =>
    Array.from({ length: 8 }).reduce<number>((c) => (c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1), n),
  )
  return (
    ([...Buffer.from(text)].reduce(
      (crc: number, byte: number) => table[(crc ^ byte) & 255]! ^ (crc >>> 8),
      0xffffffff,
    ) ^
      0xffffffff) >>>
    0
  )
}

const digest = createHash("sha512").update(BODY).digest("base64")

const ROWS: Readonly<Record<string, Row>> = {
  discord: {
    keys: ed25519,
    toSecret: (pair) => raw(pair).toString("hex"),
    hash: null,
    encoding: "hex",
    message: t + BODY,
    headers: (s) => ({ "X-Signature-Ed25519": s, "X-Signature-Timestamp": t }),
    tolerance: 300,
  },
  telnyx: {
    keys: ed25519,
    toSecret: (pair) => raw(pair).toString("base64"),
    hash: null,
    encoding: "base64",
    message: `${t}|${BODY}`,
    headers: (s) => ({ "telnyx-signature-ed25519": s, "telnyx-timestamp": t }),
    tolerance: 300,
  },
  standardWebhooks: {
    keys: ed25519,
    toSecret: (pair) => `whpk_${raw(pair).toString("base64")}`,
    hash: null,
    encoding: "base64",
    message: `msg_1.${t}.${BODY}`,
    headers: (s) => ({ "webhook-signature": `v1a,${s}`, "webhook-timestamp": t, "webhook-id": "msg_1" }),
    tolerance: 300,
  },
  standardWebhooksAsymmetric: {
    keys: ed25519,
    toSecret: (pair) => `whpk_${raw(pair).toString("base64")}`,
    hash: null,
    encoding: "base64",
    message: `msg_1.${t}.${BODY}`,
    headers: (s) => ({ "webhook-signature": `v1a,${s}`, "webhook-timestamp": t, "webhook-id": "msg_1" }),
    tolerance: 300,
  },
  sendgrid: {
    keys: p256,
    toSecret: spki,
    hash: "sha256",
    encoding: "base64",
    message: t + BODY,
    headers: (s) => ({
      "X-Twilio-Email-Event-Webhook-Signature": s,
      "X-Twilio-Email-Event-Webhook-Timestamp": t,
    }),
  },
  chip: {
    keys: rsa,
    toSecret: pem,
    hash: "sha256",
    encoding: "base64",
    message: BODY,
    headers: (s) => ({ "X-Signature": s }),
  },
  dyte: {
    keys: rsa,
    toSecret: pem,
    hash: "sha256",
    encoding: "base64",
    message: BODY,
    headers: (s) => ({ "dyte-signature": s }),
  },
  fireblocksLegacy: {
    keys: rsa,
    toSecret: pem,
    hash: "sha512",
    encoding: "base64",
    message: BODY,
    headers: (s) => ({ "Fireblocks-Signature": s }),
  },
  kick: {
    keys: rsa,
    toSecret: pem,
    hash: "sha256",
    encoding: "base64",
    message: `msg_1.${iso}.${BODY}`,
    headers: (s) => ({
      "Kick-Event-Signature": s,
      "Kick-Event-Message-Timestamp": iso,
      "Kick-Event-Message-Id": "msg_1",
    }),
    tolerance: 300,
  },
  wise: {
    keys: rsa,
    toSecret: jwk,
    hash: "sha256",
    encoding: "base64",
    message: BODY,
    headers: (s) => ({ "X-Signature-SHA256": s }),
  },
  wechatPay: {
    keys: rsa,
    toSecret: pem,
    hash: "sha256",
    encoding: "base64",
    message: `${t}\nnonce\n${BODY}\n`,
    headers: (s) => ({
      "Wechatpay-Signature": s,
      "Wechatpay-Timestamp": t,
      "Wechatpay-Nonce": "nonce",
      "Wechatpay-Serial": "key-1",
    }),
    tolerance: 300,
  },
  ebay: {
    keys: p256,
    toSecret: pem,
    hash: "sha1",
    encoding: "base64",
    message: BODY,
    headers: (s) => ({
      "X-EBAY-SIGNATURE": Buffer.from(JSON.stringify({ alg: "ecdsa", kid: "key-1", signature: s })).toString("base64"),
    }),
  },
  paypal: {
    keys: rsa,
    toSecret: pem,
    hash: "sha256",
    encoding: "base64",
    message: `tx-1|${iso}|key-1|${crc32(BODY)}`,
    headers: (s) => ({
      "PAYPAL-TRANSMISSION-SIG": s,
      "PAYPAL-TRANSMISSION-TIME": iso,
      "PAYPAL-TRANSMISSION-ID": "tx-1",
      "PAYPAL-AUTH-ALGO": "SHA256withRSA",
    }),
    tolerance: 300,
  },
  integratedFinance: {
    keys: ed25519,
    toSecret: pem,
    hash: null,
    encoding: "base64",
    message: `${digest}|evt_1|${iso}|req_1|${iso}|key-1`,
    headers: (s) => ({
      "X-Webhook-Signature": s,
      "X-Webhook-Request-Timestamp": iso,
      "X-Webhook-Event-Id": "evt_1",
      "X-Webhook-Event-Timestamp": iso,
      "X-Webhook-Request-Id": "req_1",
      "X-Webhook-Key-Version": "key-1",
    }),
    tolerance: 300,
  },
}

function genuineOf(name: string, row: Row, message = row.message): Genuine {
  const [mine, other] = row.keys
  const signature = sign(row.hash, Buffer.from(message), mine.privateKey).toString(row.encoding)
  return {
    provider: providerOf(name),
    secret: row.toSecret(mine),
    otherSecret: row.toSecret(other),
    headers: row.headers(signature),
    body: BODY,
    now: NOW,
    // eBay's signature is within base64: there the whole header is changed.
    signature: name === "ebay" ? row.headers(signature)["X-EBAY-SIGNATURE"]! : signature,
    tolerance: row.tolerance ?? 0,
  }
}

describe.each(Object.entries(ROWS))("%s", (name, row) => {
  const genuine = genuineOf(name, row)

  it("takes what its private key signed", async () => {
    expect(await check(genuine)).toBe("ok")
  })

  it("refuses it with one thing changed", async () => {
    const refusals = refusalsOf(genuine)
    expect(refusals.length).toBeGreaterThanOrEqual(8)
    for (const { why, changed } of refusals) expect(`${why}: ${await check(changed)}`).not.toBe(`${why}: ok`)
    expect(await check(genuineOf(name, row, `${row.message}x`))).toBe("signature_mismatch")
    if (Object.values(genuine.headers).includes("key-1"))
      expect(await check({ ...genuine, secretId: "key-2" })).toBe("signature_mismatch")
  })

  it("the synchronous methods throw a TypeError that names the asynchronous one (spec 7.9)", () => {
    const secrets = [{ id: "key-1", secret: genuine.secret }]
    const verifier = createVerifier({ provider: genuine.provider, secrets, now: NOW })
    expect(() => verifier.check(BODY, genuine.headers)).toThrow(/checkAsync/)
    expect(() => verifier.checkSignature(BODY, genuine.headers)).toThrow(/checkSignatureAsync/)
    expect(() => verifier.verify(BODY, genuine.headers)).toThrow(TypeError)
  })
})

describe("amazonSns", () => {
  const fields = {
    Type: "Notification",
    MessageId: "m-1",
    TopicArn: "arn:aws:sns:eu-west-1:1:t",
    Message: "é\nb",
    Timestamp: iso,
    SignatureVersion: "2",
  }
  const text = `Message\né\nb\nMessageId\nm-1\nTimestamp\n${iso}\nTopicArn\n${fields.TopicArn}\nType\nNotification\n`
  const signature = sign("sha256", Buffer.from(text), rsa[0].privateKey).toString("base64")
  const genuine: Genuine = {
    provider: providers.amazonSns,
    secret: pem(rsa[0]),
    otherSecret: pem(rsa[1]),
    headers: {},
    body: JSON.stringify({ ...fields, Signature: signature }),
    now: NOW,
    signature,
    tolerance: 300,
  }

  it("takes what its private key signed, and refuses it with one thing changed", async () => {
    expect(await check(genuine)).toBe("ok")
    const changes = [
      { Message: "x" },
      { MessageId: "m-2" },
      { Subject: "new" },
      { TopicArn: "arn:x" },
      { SignatureVersion: "1" },
      { Type: "SubscriptionConfirmation" },
      { Type: "toString" },
      { Timestamp: "yesterday" },
    ]
    const bodies = changes.map((change) => JSON.stringify(Object.assign({}, fields, { Signature: signature }, change)))
    for (const body of bodies) expect(await check({ ...genuine, body })).not.toBe("ok")
    for (const { changed: each } of refusalsOf(genuine)) expect(await check(each)).not.toBe("ok")
  })
})

const notKeys: readonly { readonly why: string; readonly secret: unknown }[] = [
  { why: "a private key as PEM", secret: rsa[0].privateKey.export({ type: "pkcs8", format: "pem" }) },
  { why: "a private key as JWK", secret: JSON.stringify(p256[0].privateKey.export({ format: "jwk" })) },
  { why: "a shared secret as JWK", secret: '{"kty":"oct","k":"AAAA"}' },
  { why: "a certificate", secret: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----" },
  { why: "PEM that is cut", secret: pem(rsa[0]).slice(0, 80) },
  { why: "a shared secret", secret: "sk_0123456789abcdef" },
  { why: "nothing", secret: "" },
  { why: "a number", secret: 5 },
]

it.each(notKeys)("$why is no public key → TypeError that shows none of it", ({ secret }) => {
  const create = (): unknown =>
    createVerifier({ provider: providers.chip, secrets: [{ id: "a", secret: secret as string }] })
  expect(create).toThrow(TypeError)
  expect(create).not.toThrow(/MIIB|0123456789|AAAA/)
})

it("a key of another kind is a TypeError with the first delivery, and not a refusal of the sender", async () => {
  await expect(check({ ...genuineOf("sendgrid", ROWS["sendgrid"]!), secret: pem(rsa[0]) })).rejects.toThrow(TypeError)
})

const hex = (text: string): string => createHash("sha256").update(text).digest("hex")
const base64 = (text: string): string => createHash("sha256").update(text).digest("base64")

interface JwtRow {
  readonly header: string
  readonly prefix?: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly alg?: "RS256" | "ES256"
  readonly tolerance?: number
}

const times = { nbf: NOW - 5, exp: NOW + 60 }

const JWTS: Readonly<Record<string, JwtRow>> = {
  livekit: { header: "Authorization", claims: { ...times, iss: "key", sha256: base64(BODY) } },
  messageBird: {
    header: "MessageBird-Signature-JWT",
    claims: { ...times, iss: "MessageBird", url_hash: hex(URL_OF_ALL), payload_hash: hex(BODY) },
  },
  monday: { header: "Authorization", claims: { ...times, aud: URL_OF_ALL } },
  qstash: {
    header: "Upstash-Signature",
    claims: {
      ...times,
      iss: "Upstash",
      sub: URL_OF_ALL,
      body: base64(BODY).replaceAll("+", "-").replaceAll("/", "_"),
      jti: "jwt_1",
    },
  },
  vonage: {
    header: "Authorization",
    prefix: "Bearer ",
    claims: { iat: NOW, iss: "Vonage", payload_hash: hex(BODY) },
    tolerance: 300,
  },
  fusionauth: {
    header: "X-FusionAuth-Signature-JWT",
    claims: { request_body_sha256: base64(BODY) },
    alg: "RS256",
  },
  lago: { header: "X-Lago-Signature", claims: { data: BODY, iss: "https://api.getlago.com" }, alg: "RS256" },
  plaid: {
    header: "Plaid-Verification",
    claims: { iat: NOW, request_body_sha256: hex(BODY) },
    alg: "ES256",
    tolerance: 300,
  },
}

async function jwtOf(
  name: string,
  { header, prefix = "", claims, alg, tolerance = 0 }: JwtRow,
  algorithm: string = alg ?? "HS256",
): Promise<Genuine> {
  const pair = alg === "RS256" ? rsa : alg === "ES256" ? p256 : undefined
  const secret = "signing_0123456789abcdef0123456789abcdef"
  const key = pair ? await importPKCS8(pkcs8(pair[0]), algorithm) : Buffer.from(secret)
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm, ...(pair && { kid: "key-1" }) })
    .sign(key)
  return {
    provider: providerOf(name),
    secret: pair ? pem(pair[0]) : secret,
    otherSecret: pair ? pem(pair[1]) : `${secret}x`,
    headers: { [header]: prefix + token },
    body: BODY,
    now: NOW,
    signature: token.slice(token.lastIndexOf(".") + 1),
    tolerance,
  }
}

describe.each(Object.entries(JWTS))("%s", (name, row) => {
  it("takes its token", async () => {
    expect(await check(await jwtOf(name, row))).toBe("ok")
  })

  it("refuses it with one thing changed", async () => {
    const genuine = await jwtOf(name, row)
    const refusals = refusalsOf(genuine).filter(({ why }) => why !== "the same bytes in another encoding")
    expect(refusals.length).toBeGreaterThanOrEqual(8)
    for (const { why, changed } of refusals) expect(`${why}: ${await check(changed)}`).not.toBe(`${why}: ok`)
    for (const claim of Object.keys(row.claims).filter(
      (each) =>
        !["jti", "nbf"].includes(each) &&
        !(name === "livekit" && each === "iss") &&
        !(name === "lago" && each === "iss"),
    )) {
      const { [claim]: _, ...claims } = row.claims
      expect(`${claim}: ${await check(await jwtOf(name, { ...row, claims }))}`).not.toBe(`${claim}: ok`)
    }
    if ("exp" in row.claims) {
      expect(await check(await jwtOf(name, { ...row, claims: { ...row.claims, exp: NOW - 11 } }))).not.toBe("ok")
      expect(await check(await jwtOf(name, { ...row, claims: { ...row.claims, nbf: NOW + 11 } }))).not.toBe("ok")
    }
  })

  it("refuses another algorithm, and none", async () => {
    const other =
      row.alg === undefined
        ? await jwtOf(name, row, "HS512")
        : await jwtOf(name, { ...row, alg: row.alg === "RS256" ? "ES256" : "RS256" })
    const genuine = await jwtOf(name, row)
    expect(await check({ ...genuine, headers: other.headers })).not.toBe("ok")
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(row.claims)).toString("base64url")}.`
    expect(await check({ ...genuine, headers: { [row.header]: (row.prefix ?? "") + none } })).toBe("header_malformed")
    // The public key as an HMAC's secret: the confusion that `alg` in the header has led to.
    if (row.alg) {
      const confused = await new SignJWT(row.claims)
        .setProtectedHeader({ alg: "HS256", kid: "key-1" })
        .sign(Buffer.from(genuine.secret))
      expect(await check({ ...genuine, headers: { [row.header]: confused } })).toBe("header_malformed")
    }
  })
})

const HEADER = { alg: "ES512", kid: "key-1", tl_version: "2", tl_headers: "X-Tl-Webhook-Timestamp" }

async function genuineOfHeader(protectedHeader: Readonly<Record<string, string>>): Promise<Genuine> {
  const alg = protectedHeader["alg"]!
  const key = await importPKCS8(pkcs8(alg === "ES512" ? p521[0] : p256[0]), alg)
  const payload = Buffer.from(`${METHOD} /webhooks/one\nX-Tl-Webhook-Timestamp: ${iso}\n${BODY}`)
  const token = await new CompactSign(payload).setProtectedHeader({ ...protectedHeader, alg }).sign(key)
  const [head = "", , signature = ""] = token.split(".")
  return {
    provider: providers.trueLayer,
    secret: pem(p521[0]),
    otherSecret: pem(p521[1]),
    headers: { "Tl-Signature": `${head}..${signature}`, "X-Tl-Webhook-Timestamp": iso },
    body: BODY,
    now: NOW,
    signature,
    tolerance: 0,
  }
}

describe("trueLayer", () => {
  it("takes what its private key signed, and refuses it with one thing changed", async () => {
    const genuine = await genuineOfHeader(HEADER)
    expect(await check(genuine)).toBe("ok")
    const refusals = refusalsOf(genuine).filter(({ why }) => why !== "the same bytes in another encoding")
    for (const { why, changed } of refusals) expect(`${why}: ${await check(changed)}`).not.toBe(`${why}: ok`)
    const headers = { ...genuine.headers, "X-Tl-Webhook-Timestamp": "x" }
    expect(await check({ ...genuine, headers })).toBe("signature_mismatch")
    expect(await check({ ...genuine, secretId: "key-2" })).toBe("signature_mismatch")
  })

  it.each([
    { ...HEADER, tl_version: "1" },
    { ...HEADER, alg: "ES256" },
    { ...HEADER, tl_headers: "" },
  ])("refuses the header %j", async (header) => {
    expect(await check(await genuineOfHeader(header))).not.toBe("ok")
  })
})
