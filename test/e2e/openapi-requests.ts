import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { OPERATIONS } from "../../src/app/reference/declarations.ts"
import { groupOf, type Declaration } from "../../src/http/operation.ts"
import { bundleWorker, startWorkerd, type Workerd } from "../../tools/workerd.ts"
import type { ErrorCode } from "../../src/errors/catalogue.ts"
import { sampleEvent, SECRET, signedRequest } from "../support/delivery.ts"
import { findFreePort } from "../support/free-port.ts"
import { AUDIENCE, createIssuer, ISSUER, soundClaims, type Issuer } from "../support/issuer.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"

/** A request in parts that a test can take apart. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly bearer?: string | undefined
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  /** Text as it is, anything else as its JSON; undefined is none. */
  readonly body?: unknown
}

/** What a Worker is configured for: everything, nothing, or what cannot work. */
export type Configuration = "sound" | "off" | "invalid"

/** A Worker that runs, and whoever its tokens are from. */
export interface Running {
  readonly issuer: Issuer
  readonly url: string
  /** To the Worker with a sound configuration, or with another one. */
  readonly send: (sent: Sent, configuration?: Configuration) => Promise<Response>
  /** A token of an account of its own, and so with a bucket of its own. */
  readonly token: (claims?: Readonly<Record<string, unknown>>) => Promise<string>
  readonly stop: () => Promise<void>
}

const now = (): number => Math.floor(Date.now() / 1000)

export async function startWorker(): Promise<Running> {
  const issuer = await createIssuer("of-this-run")
  const keys = createServer((_, response) => response.end(issuer.keySet)).listen(0, "127.0.0.1")
  await once(keys, "listening")
  const folder = mkdtempSync(join(tmpdir(), "countersign-"))
  const script = bundleWorker("test/support/worker.ts", join(folder, "bundle"))
  const tokens = { PARTNER_JWT_ISSUER: ISSUER, PARTNER_JWT_AUDIENCE: AUDIENCE }
  const start = async (name: Configuration, vars: Readonly<Record<string, string>>): Promise<Workerd> =>
    await startWorkerd({
      script,
      folder: join(folder, name),
      port: await findFreePort(),
      objects: { ACCOUNTS: "Account", INBOXES: "Inbox" },
      vars,
    })
  const workers: Readonly<Record<Configuration, Workerd>> = {
    sound: await start("sound", {
      ...tokens,
      WEBHOOK_SECRETS: `test=${SECRET}`,
      WEBHOOK_UNKNOWN_EVENTS: "reject",
      PARTNER_JWKS: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
      OPERATOR_TOKEN,
    }),
    off: await start("off", {}),
    invalid: await start("invalid", {
      ...tokens,
      WEBHOOK_SECRETS: "short",
      // Nobody is there: what a partner meets while the issuer is out of reach.
      PARTNER_JWKS: `http://127.0.0.1:${await findFreePort()}/keys`,
      OPERATOR_TOKEN: "short",
    }),
  }
  let accounts = 0
  return {
    issuer,
    url: workers.sound.url,
    send: async (sent, configuration = "sound") => await fetch(toRequest(workers[configuration].url, sent)),
    async token(claims = {}) {
      accounts += 1
      const sound = soundClaims({ sub: `acct_${accounts}`, jti: `tok_${accounts}`, iat: now(), exp: now() + 600 })
      return await issuer.token({ ...sound, ...claims })
    },
    async stop() {
      for (const worker of Object.values(workers)) await worker.kill()
      keys.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function toRequest(origin: string, { method, path, bearer, body, headers }: Sent): Request {
  const all: Readonly<Record<string, string | undefined>> = {
    authorization: bearer === undefined ? undefined : `Bearer ${bearer}`,
    "content-type": body === undefined ? undefined : "application/json",
    ...headers,
  }
  const text = typeof body === "string" ? body : JSON.stringify(body)
  return new Request(`${origin}${path}`, {
    method,
    headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    // Bytes, because a text would bring a Content-Type of its own.
    ...(body !== undefined && method !== "GET" && { body: new TextEncoder().encode(text) }),
  })
}

const FIELDS = { url: "https://example.com/hooks", enabled_events: ["payment.*"], description: "ledger" }
const EVENT_BODY = JSON.stringify(sampleEvent({ id: "evt_documented" }))

const BODIES: Readonly<Record<string, unknown>> = {
  "endpoints.create": FIELDS,
  "endpoints.update": { enabled_events: ["*"], status: "disabled" },
  "endpoints.rotate": { overlap_seconds: 3_600 },
  "accounts.act": { action: "revoke", credential_id: "tok_documented", note: "found in a public repository" },
  "inbox.rerun": {},
  "inbox.rerun_all": { type: "payment.settled", dry_run: true },
  "inbox.discard": { note: "for the test" },
  "inbox.discard_all": { type: "payment.settled", dry_run: true, note: "for the test" },
  "inbox.pause": { handler: "payment.*" },
  "inbox.resume": { handler: "payment.*" },
}

/** A delivery, signed now. */
async function toDelivery(body: string): Promise<Sent> {
  const { headers } = await signedRequest({ body, time: now() })
  return { method: "POST", path: "/webhooks/credicorp", body, headers: Object.fromEntries(headers) }
}

/** A request that is granted, by whoever has an account of its own. */
export async function toSound(worker: Running, { name, method, path, bearer }: Declaration): Promise<Sent> {
  if (name === "receiver.deliver") return await toDelivery(EVENT_BODY)
  const token = bearer?.scheme === "partner" ? await worker.token() : OPERATOR_TOKEN
  if (name === "inbox.discard") await leaveDead(worker)
  const needsEndpoint = path.startsWith(ENDPOINTS) && path.includes(":id")
  const created = needsEndpoint && (await worker.send({ method: "POST", path: ENDPOINTS, bearer: token, body: FIELDS }))
  const endpoint = created ? (await created.json<{ id: string }>()).id : ""
  return {
    method,
    path: path
      .replace(":account", "acct_documented")
      .replace(":source", "credicorp")
      .replace(":code", "rate_limited")
      .replace(":id", endpoint)
      .replace(":event_id", name === "inbox.discard" ? "evt_dead" : "evt_documented"),
    ...(bearer && { bearer: token }),
    ...(name in BODIES && { body: BODIES[name] }),
  }
}

const ENDPOINTS = "/partner/v1/webhook_endpoints"

/** Leaves an event with a dead run: its body is erased while its handlers are paused. */
async function leaveDead({ send }: Running): Promise<void> {
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> =>
    await send({ method, path, bearer: OPERATOR_TOKEN, body })
  const { data } = await (await ask("GET", "/inbox/handlers")).json<{ data: { handler: string }[] }>()
  for (const { handler } of data) await ask("POST", "/inbox/pause", { handler })
  await send(await toDelivery(JSON.stringify(sampleEvent({ id: "evt_dead" }))))
  await ask("POST", "/inbox/events/credicorp/evt_dead/rerun")
  await ask("DELETE", "/inbox/events/credicorp/evt_dead/body")
  for (const { handler } of data) await ask("POST", "/inbox/resume", { handler })
}

type Spoil = (sent: Sent, worker: Running, operation: Declaration) => Sent | Promise<Sent>

const withBody =
  (change: (fields: Record<string, unknown>) => unknown): Spoil =>
  (sent) => ({
    ...sent,
    body: change(sent.body as Record<string, unknown>),
  })

const withHeaders =
  (headers: NonNullable<Sent["headers"]>): Spoil =>
  (sent) => ({ ...sent, headers: { ...sent.headers, ...headers } })

const accountOf = (bearer: string): { sub: string; jti: string } =>
  JSON.parse(atob(bearer.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"))) as { sub: string; jti: string }

/** Has an operator do something about whoever sends it. */
const after =
  (toAction: (jti: string) => object): Spoil =>
  async (sent, { send }) => {
    const { sub, jti } = accountOf(sent.bearer!)
    const body = { ...toAction(jti), note: "for the test" }
    await send({ method: "POST", path: `/operator/accounts/${sub}/actions`, bearer: OPERATOR_TOKEN, body })
    return sent
  }

const withClaims =
  (claims: (operation: Declaration) => Record<string, unknown>): Spoil =>
  async (sent, worker, operation) => ({
    ...sent,
    bearer: await worker.token(claims(operation)),
  })

const again =
  (limit: number): Spoil =>
  async (sent, { send }) => {
    await Promise.all(Array.from({ length: limit }, async () => await (await send(sent)).arrayBuffer()))
    return sent
  }

/** What is wrong with a request, by the code that it gets for that. */
export const SPOILS: Readonly<Partial<Record<ErrorCode, Spoil>>> = {
  route_not_found: (sent) => ({ ...sent, path: "/errors/nobody" }),
  method_not_allowed: (sent) => ({ ...sent, method: "PUT" }),
  missing_api_key: (sent) => ({ ...sent, bearer: undefined }),
  invalid_api_key: (sent) => ({ ...sent, bearer: "sk_test_nobody" }),
  token_expired: withClaims(() => ({ exp: now() - 3_600 })),
  audience_mismatch: withClaims(() => ({ aud: "https://else.example" })),
  token_revoked: after((jti) => ({ action: "revoke", credential_id: jti })),
  account_suspended: after(() => ({ action: "suspend" })),
  insufficient_scope: withClaims(() => ({ scope: "payments:read" })),
  scope_not_granted: withClaims(({ bearer }) => ({
    scope: bearer?.scheme === "partner" && bearer.scope === "webhooks:read" ? "webhooks:write" : "webhooks:read",
  })),
  rate_limited: again(80),
  missing_content_type: withHeaders({ "content-type": undefined }),
  unsupported_media_type: withHeaders({ "content-type": "text/plain" }),
  request_body_too_large: (sent) => ({ ...sent, body: "x".repeat(1_100_000) }),
  invalid_json: async (sent, _worker, { name }) =>
    name === "receiver.deliver" ? await toDelivery("{") : { ...sent, body: "{" },
  unknown_field: (sent, _worker, { bearer }) =>
    bearer?.scheme === "operator"
      ? { ...sent, path: `${sent.path}?nope=1` }
      : withBody((fields) => ({ ...fields, nope: 1 }))(sent, _worker, OPERATIONS[0]!),
  async invalid_value_type(sent, _worker, { name, query }) {
    if (name === "receiver.deliver") return await toDelivery(JSON.stringify(sampleEvent({ livemode: 1 })))
    if (query) return { ...sent, path: `${sent.path}${name === "inbox.show" ? "?include=all" : "?limit=0"}` }
    const field = FIELD_OF[name]
    return field === undefined ? sent : { ...sent, body: { [field]: [] } }
  },
  idempotency_key_malformed: withHeaders({ "idempotency-key": "a b" }),
  async idempotency_key_reused(sent, { send }) {
    const headers = { "idempotency-key": "key-1" }
    await send({ ...sent, headers })
    return { ...sent, headers, body: `${JSON.stringify(sent.body)} ` }
  },
  webhook_endpoint_url_invalid: withBody((fields) => ({ ...fields, url: "https://10.0.0.1/" })),
  webhook_event_unknown: async (sent, _worker, { name }) =>
    name === "receiver.deliver"
      ? await toDelivery(JSON.stringify(sampleEvent({ type: "card.lost" })))
      : { ...sent, body: { ...(sent.body as object), enabled_events: ["card.lost"] } },
  webhook_endpoint_limit: again(20),
  webhook_signature_missing: withHeaders({ "credicorp-signature": undefined }),
  webhook_signature_invalid: (sent) => ({ ...sent, body: `${EVENT_BODY} ` }),
  resource_not_found: (sent, _worker, operation) => ({
    ...sent,
    path: sent.path.replace(
      /whend_[\w-]+|evt_documented|evt_dead|acct_documented/,
      groupOf(operation) === "accounts" ? "a%0Ab" : "nobody",
    ),
  }),
}

/** The first field of each body that is checked. */
const FIELD_OF: Readonly<Record<string, string>> = {
  "endpoints.create": "url",
  "endpoints.update": "url",
  "endpoints.rotate": "overlap_seconds",
  "accounts.act": "action",
  "inbox.rerun": "handler",
  "inbox.rerun_all": "type",
  "inbox.discard": "handler",
  "inbox.discard_all": "type",
  "inbox.pause": "handler",
  "inbox.resume": "handler",
}
