// The one table that every runtime of README.md runs, on the package as it is installed. Plain JavaScript and nothing of any
// one runtime, so that the same file is what they all load.

import {
  checkWebhook,
  classifyError,
  createVerifier,
  parseSecrets,
  signWebhook,
  verifyWebhook,
  WebhookError,
} from "countersign"
import { checkEnabledEvents, checkEndpointUrl } from "countersign/endpoints"
import { webhook } from "countersign/hono"
import { conformance, faults, sampleEvent, signedRequest } from "countersign/testing"
import { Hono } from "hono"

const NOW = 1_790_000_000
const SECRET = "whsec_test_0123456789abcdef"

const utf8 = new TextEncoder()

/** HMAC-SHA256 by the runtime's Web Crypto: not a line of the package takes part. */
async function hmacHex(secret, message) {
  const key = await crypto.subtle.importKey("raw", utf8.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ])
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, message))
  return [...mac].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

const join = (text, body) => new Uint8Array([...utf8.encode(text), ...body])

/** Bodies and secrets at the places where a hash could go wrong: empty, a block of 64 bytes and its neighbours, all bytes. */
const SIGNED = [
  {
    name: "a known answer",
    secret: SECRET,
    body: utf8.encode("{}"),
    want: "d8ce8f9a3d1a74d4b21bddea1c351a73da30d5b39fe47c62996bfac92a491874",
  },
  ...[0, 1, 52, 53, 54, 55, 63, 64, 65, 119, 120, 1_000, 100_003].map((length) => ({
    name: `a body of ${length} bytes`,
    secret: SECRET,
    body: Uint8Array.from({ length }, (_, i) => (i * 7) & 255),
  })),
  ...[1, 63, 64, 65, 200].map((length) => ({
    name: `a secret of ${length} characters`,
    secret: "s0".repeat(length).slice(0, length),
    body: utf8.encode("body"),
  })),
  { name: "a secret that is not ASCII", secret: "whsec_ключ-é-🔑", body: utf8.encode("body") },
  { name: "a body of every byte", secret: SECRET, body: Uint8Array.from({ length: 256 }, (_, i) => i) },
]

async function signing({ name, secret, body, want }) {
  const v1 = want ?? (await hmacHex(secret, join(`${NOW}.`, body)))
  const headers = signWebhook(body, { secrets: [secret], now: NOW })
  return { name: `sign: ${name}`, want: `t=${NOW},v1=${v1}`, got: headers["Credicorp-Signature"] }
}

const verdictOf = (result) => (result.ok ? "ok" : [result.error.code, result.error.reason].filter(Boolean).join(" "))

const verifier = createVerifier({ secrets: [SECRET], now: NOW })
const options = { secrets: [SECRET], now: NOW }

const deliveriesOf = (event, body) => [
  { name: "genuine", request: () => signedRequest(event, options), want: "ok" },
  {
    name: "tampered",
    request: () => faults.tampered(event, options),
    want: "webhook_signature_invalid signature_mismatch",
  },
  {
    name: "truncated",
    request: () => faults.truncated(event, options),
    want: "webhook_signature_invalid signature_mismatch",
  },
  {
    name: "re-encoded",
    request: () => faults.reencoded(event, options),
    want: "webhook_signature_invalid signature_mismatch",
  },
  {
    name: "wrong secret",
    request: () => faults.wrongSecret(event, options),
    want: "webhook_signature_invalid signature_mismatch",
  },
  { name: "stale", request: () => faults.stale(event, options), want: "webhook_signature_invalid timestamp_stale" },
  { name: "ahead", request: () => faults.ahead(event, options), want: "webhook_signature_invalid timestamp_ahead" },
  {
    name: "unsigned",
    request: () => faults.unsigned(event, options),
    want: "webhook_signature_missing header_missing",
  },
  {
    name: "over the cap",
    request: () => signedRequest(body.padEnd(1_048_577), options),
    want: "request_body_too_large",
  },
  { name: "no UTF-8", request: () => signedRequest(new Uint8Array([0x22, 0xff, 0x22]), options), want: "invalid_json" },
]

const valuesOf = (event, body, headers) => [
  { name: "verify: headers as Headers", got: () => verifier.verify(body, new Headers(headers)).id, want: event.id },
  { name: "verify: headers as a record", got: () => verifier.verify(body, headers).id, want: event.id },
  { name: "verify: headers as pairs", got: () => verifier.verify(body, Object.entries(headers)).id, want: event.id },
  { name: "verify: a buffer", got: () => verifier.verify(utf8.encode(body).buffer, headers).id, want: event.id },
  {
    name: "verify: a rotation",
    got: () => checkWebhook(body, headers, { secrets: ["whsec_other", SECRET], now: NOW }).secretId,
    want: "secret-2",
  },
  {
    name: "verify: throws a WebhookError",
    got: () =>
      thrown(() => verifyWebhook(`${body} `, headers, { secrets: [SECRET], now: NOW })) instanceof WebhookError,
    want: true,
  },
  {
    name: "verify: a parsed body is a TypeError",
    got: () => thrown(() => verifier.verify(event, headers)) instanceof TypeError,
    want: true,
  },
  {
    name: "verify: no secrets is a TypeError",
    got: () => thrown(() => createVerifier({ secrets: [] })) instanceof TypeError,
    want: true,
  },
  {
    name: "parseSecrets",
    got: () =>
      parseSecrets("new=whsec_a_0123456789, whsec_b_0123456789")
        .map(({ id }) => id)
        .join(),
    want: "new,secret-2",
  },
  { name: "classifyError", got: () => classifyError(429, "later").type, want: "rate_limit_error" },
  { name: "checkEnabledEvents", got: () => checkEnabledEvents(["payment.*"], ["payment.settled"]).ok, want: true },
]

function thrown(call) {
  try {
    return call()
  } catch (error) {
    return error
  }
}

const URLS = {
  "https://example.com/hooks": "https://example.com/hooks",
  "https://EXAMPLE.com:443/a/../b": "https://example.com/b",
  "https://bücher.example.com/": "https://xn--bcher-kva.example.com/",
  "https://8.8.8.8/": "https://8.8.8.8/",
  "http://example.com/": "refused",
  "https://localhost/": "refused",
  "https://10.0.0.1/": "refused",
  "https://0x7f000001/": "refused",
  "https://[::ffff:10.0.0.1]/": "refused",
  "https://[fd00::1]/": "refused",
  "https://user@example.com/": "refused",
  "https://example.com:8080/": "refused",
  "https://example.com\\@10.0.0.1/": "refused",
}

async function middleware() {
  const handled = new Set()
  const app = new Hono()
  app.post("/webhooks/credicorp", webhook({ secrets: [SECRET], now: NOW, livemode: false }), (c) => {
    handled.add(c.var.webhook.id)
    return c.json({ received: true })
  })
  // Its router answers another method as a path that is not there; everything else is the middleware's to keep.
  app.all("/webhooks/credicorp", (c) => c.body(null, 405, { Allow: "POST" }))
  const told = { secrets: [SECRET], now: NOW, livemode: false, handled: () => [...handled] }
  const cases = await conformance((request) => app.fetch(request), told)
  return cases.map(({ spec, name, ok, want, got }) => ({ name: `spec ${spec}: ${name}`, want, got: ok ? want : got }))
}

/** @returns {Promise<{ name: string, want: unknown, got: unknown }[]>} A row is kept where both are the same. */
export async function runTable() {
  // Made here and not above: workerd has no random numbers outside of a request.
  const event = sampleEvent("decision.completed")
  const body = JSON.stringify(event)
  const headers = signWebhook(body, { secrets: [SECRET], now: NOW })
  const rows = await Promise.all(SIGNED.map(signing))
  for (const { name, request, want } of deliveriesOf(event, body)) {
    rows.push({ name: `verifyRequest: ${name}`, want, got: verdictOf(await verifier.checkRequest(request())) })
  }
  for (const { name, got, want } of valuesOf(event, body, headers)) rows.push({ name, want, got: thrown(got) })
  for (const [url, want] of Object.entries(URLS)) {
    const checked = checkEndpointUrl(url)
    rows.push({ name: `checkEndpointUrl: ${url}`, want, got: checked.ok ? checked.value : "refused" })
  }
  return [...rows, ...(await middleware())].map(({ name, want, got }) => ({
    name,
    want,
    got: got instanceof Error ? String(got) : got,
  }))
}
