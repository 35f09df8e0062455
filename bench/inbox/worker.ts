// The Worker of this bench: the same receiver over each of the ways to hand an event on. The variable TARGET chooses.

import { DurableObject } from "cloudflare:workers"
import { createApp } from "../../src/app/app.ts"
import { writeLine } from "../../src/core/log.ts"
import { createReceiver, defineHandlers, type WorkerBindings } from "../../src/worker.ts"
import type { HandOff } from "../../src/events/hand-off.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { parseSecrets } from "../../src/verify/parse-secrets.ts"
import { credicorp } from "../../src/providers/credicorp.ts"

export { Account, Inbox } from "../../src/worker.ts"

interface Env extends WorkerBindings {
  readonly TARGET: "inbox" | "plain" | "memory" | "verify"
  readonly PLAIN: DurableObjectNamespace<Plain>
  readonly MEMORY: DurableObjectNamespace<Memory>
}

/** `payment.settled` has a handler that does nothing but say when it began, `enquiry.created` has none. */
const receiver = createReceiver(
  defineHandlers<Env>({
    "payment.settled": (_event, { log }) => log("handler", { began: Date.now() }),
  }),
)

export const HandlerRuns = receiver.HandlerRuns

/** What one would write first: one row a call, and the platform sees to it that it is durable before the answer leaves. */
export class Plain extends DurableObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS events (key TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
  }

  async accept(key: string, body: Uint8Array): Promise<boolean> {
    const { sql } = this.ctx.storage
    const blob = body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength) as ArrayBuffer
    return (
      sql.exec("INSERT INTO events VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING 1", key, blob).toArray().length > 0
    )
  }
}

/** The floor of a call to an object: it only remembers the key. */
export class Memory extends DurableObject {
  readonly #keys = new Set<string>()

  async accept(key: string, _body: Uint8Array): Promise<boolean> {
    const isNew = !this.#keys.has(key)
    this.#keys.add(key)
    return isNew
  }
}

const HAND_OFFS: Readonly<Record<Exclude<Env["TARGET"], "inbox">, (env: Env) => HandOff>> = {
  plain: (env) => async (input) =>
    (await env.PLAIN.getByName("one").accept(input.dedupeKey, input.body)) ? "accepted" : "duplicate",
  memory: (env) => async (input) =>
    (await env.MEMORY.getByName("one").accept(input.dedupeKey, input.body)) ? "accepted" : "duplicate",
  verify: () => () => Promise.resolve("accepted"),
}

/** The Worker's own app, but for the hand-off. */
function createBenchApp(env: Env, handOff: HandOff): ReturnType<typeof createApp> {
  const secrets = parseSecrets(env.WEBHOOK_SECRETS as string)
  const settings = {
    source: credicorp.name,
    provider: credicorp,
    verifier: createVerifier({ secrets }),
    activeSecrets: () => secrets.length,
    livemode: undefined,
    unknownEvents: "ignore" as const,
    knownPatterns: ["*"],
    schemas: {},
    handOff,
    checkStore: async () => ({ store: "ok", storage: null }) as const,
  }
  return createApp({
    sources: [{ state: "on", source: credicorp.name, settings }],
    inbox: { state: "off" },
    endpoints: { state: "off" },
    operator: { state: "off" },
    log: writeLine,
    clock: Date.now,
  })
}

let app: ReturnType<typeof createApp> | undefined

export default {
  fetch: (request, env, ctx) => {
    if (env.TARGET === "inbox") return receiver.fetch(request, env, ctx)
    return (app ??= createBenchApp(env, HAND_OFFS[env.TARGET](env))).fetch(request, env, ctx)
  },
} satisfies ExportedHandler<Env>
