import { createApp, type MountedSource, type Surface } from "./app.ts"
import { askStore, createStoreCheck, type StoreCheck } from "./health.ts"
import {
  readErrorDocsConfig,
  readInbox,
  readReceiverConfig,
  type ReceiverConfig,
  type WorkerBindings,
} from "./config.ts"
import { readInboxConfig, type InboxConfig } from "../inbox/config.ts"
import { readOperatorConfig } from "../operator/token.ts"
import { joinConfigured, type Configured } from "../core/config.ts"
import { errorText } from "../core/error-text.ts"
import { writeLine } from "../core/log.ts"
import { createAuthenticate, NO_ACCOUNTS, readPartnerConfig, type PartnerConfig } from "../endpoints/config.ts"
import type { HandlerSet, Log } from "../events/handlers.ts"
import { PUBLIC_EVENT_TYPES } from "../events/known.ts"
import { concurrencyOf, lanesOf, toSources, variablePrefixOf, type Source, type SourceSet } from "../events/sources.ts"
import { createHandshakeTools } from "../receiver/handshake.ts"
import { createInboxHandOff } from "../inbox/hand-off.ts"
import { createShards, wakeShards, type Shards } from "../inbox/shards.ts"
import type { ReceiverSettings } from "../receiver/receive.ts"
import { createVerifier } from "../verify/verifier.ts"
import { isActive } from "../verify/keyring.ts"
import { credicorp } from "../providers/credicorp.ts"

/** Dependencies of the app on its platform. */
export interface AppEnvDeps {
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Fetches the key set of a token issuer. */
  readonly fetch: typeof fetch
  /** Keeps work alive after the response of the request that began it. */
  readonly waitUntil: (work: Promise<void>) => void
}

/** Makes the app from the bindings. Every problem of the configuration is logged once, with all surfaces that have it. */
export function createAppFromEnv<Env extends WorkerBindings>(
  env: Env,
  handlers: HandlerSet<Env> | SourceSet<Env>,
  { log = writeLine, clock = Date.now, fetch = globalThis.fetch, waitUntil = () => {} }: Partial<AppEnvDeps> = {},
): ReturnType<typeof createApp> {
  const namesByProblem = new Map<string, readonly string[]>()
  const toSurface = <Config, Settings>(
    name: string,
    configured: Configured<Config>,
    toSettings: (config: Config) => Settings,
  ): Surface<Settings> => {
    if (configured.state === "on") return { state: "on", settings: toSettings(configured.config) }
    if (configured.state === "invalid") {
      for (const problem of configured.problems) {
        namesByProblem.set(problem, [...(namesByProblem.get(problem) ?? []), name])
      }
    }
    return { state: configured.state }
  }
  // Several surfaces share these.
  const inboxConfig = readInbox(env)
  const operatorConfig = readOperatorConfig(env)
  const sources = toSources(handlers)
  const handlerKeys = lanesOf(sources)
  const mounted = sources.map((source): MountedSource => {
    const { name, provider, secretsVariable } = source
    const config = readReceiverConfig(env, { provider, secretsVariable, prefix: variablePrefixOf(name) }, inboxConfig)
    const surface = toSurface(`source ${name}`, config, (read) =>
      createReceiverSettings(read, source, { handlerKeys, log, clock }),
    )
    if (surface.state === "off")
      log({ level: "warn", message: `the source ${name} is off: ${secretsVariable} is not set` })
    return { ...surface, source: name }
  })
  const endpoints = toSurface(
    "endpoints",
    readPartnerConfig(env),
    ({ apiKeys, tokens, eventTypes, extraTlds, accounts }) => ({
      authenticate: createAuthenticate(apiKeys, tokens, { fetch, log, waitUntil }),
      accountOf: (name: string) => accounts.getByName(name),
      rules: { knownTypes: [...PUBLIC_EVENT_TYPES, ...eventTypes], extraTlds },
    }),
  )
  const inbox = toSurface(
    "operator's routes about the inbox",
    joinConfigured(operatorConfig, inboxConfig),
    ({ tokens, inbox: config }) => ({
      tokens,
      shards: toShards(config),
      handlerKeys,
      concurrency: concurrencyOf(sources),
    }),
  )
  const operator = toSurface(
    "operator's routes about accounts",
    joinConfigured(operatorConfig, readAccounts(env)),
    (config) => ({
      tokens: config.tokens,
      accountOf: (name: string) => config.accounts.getByName(name),
    }),
  )
  logProblems(namesByProblem, log)
  const docs = readErrorDocsConfig(env)
  if (docs.state === "invalid") {
    log({ level: "error", message: "the address of the error reference is invalid: errors carry no doc_url", ...docs })
  }
  const errorDocsUrl = docs.state === "on" ? docs.config.url : undefined
  return createApp({ sources: mounted, inbox, endpoints, operator, errorDocsUrl, log, clock })
}

/** Reads the binding of the accounts. */
const readAccounts = ({ ACCOUNTS }: WorkerBindings): Configured<Pick<PartnerConfig, "accounts">> =>
  ACCOUNTS ? { state: "on", config: { accounts: ACCOUNTS } } : { state: "invalid", problems: [NO_ACCOUNTS] }

/** Logs each problem once, in one line with the others of the same surfaces. */
function logProblems(namesByProblem: ReadonlyMap<string, readonly string[]>, log: Log): void {
  const lines = new Map<string, { readonly isOne: boolean; readonly problems: string[] }>()
  for (const [problem, names] of namesByProblem) {
    const key = names.join(" and the ")
    const line = lines.get(key) ?? { isOne: names.length === 1, problems: [] }
    line.problems.push(problem)
    lines.set(key, line)
  }
  for (const [names, { isOne, problems }] of lines) {
    const end = isOne ? "it is" : "each is"
    log({ level: "error", message: `the configuration of the ${names} is invalid: ${end} answering 503`, problems })
  }
}

const toShards = ({ inboxes, elsewhere, shards }: InboxConfig): Shards =>
  createShards(
    shards,
    (index) => inboxes.getByName(nameOf(index)),
    () => elsewhere.map((other) => other.getByName(nameOf(0))),
  )

const nameOf = (index: number): string => `shard-${index}`

/** Wakes the shards of the inbox. Never rejects: the next tick of the cron trigger is the next try. */
export async function wakeInbox(env: WorkerBindings, log: Log = writeLine): Promise<void> {
  const fail = (error: unknown): void =>
    log({ level: "error", message: "a shard could not be woken", error: errorText(error) })
  const inbox = readInboxConfig(env)
  // Its problems are logged with the first request.
  if (inbox.state === "invalid") return
  try {
    for (const error of await wakeShards(toShards(inbox.config))) fail(error)
  } catch (error) {
    fail(error)
  }
}

function createReceiverSettings<Env>(
  config: ReceiverConfig,
  { name, provider, handlers }: Source<Env>,
  { handlerKeys, log, clock }: { handlerKeys: readonly string[]; log: Log; clock: () => number },
): ReceiverSettings & StoreCheck {
  const { secrets, toleranceSeconds, maxBodyBytes, livemode, unknownEvents, eventTypes, inbox } = config
  const shards = toShards(inbox)
  const now = (): number => Math.floor(clock() / 1000)
  return {
    source: name,
    provider,
    verifier: createVerifier({ secrets, toleranceSeconds, maxBodyBytes, now, provider }),
    tools: createHandshakeTools(provider, config, now),
    activeSecrets: (time) => secrets.filter((secret) => isActive(secret, time)).length,
    livemode,
    unknownEvents,
    knownPatterns: [
      ...(provider.name === credicorp.name ? PUBLIC_EVENT_TYPES : []),
      ...eventTypes,
      ...handlers.entries.map(([pattern]) => pattern),
    ],
    // Payloads are validated when the inbox runs a handler, never before the event is stored.
    schemas: {},
    handOff: createInboxHandOff({ shards, handlerKeys, log }),
    checkStore: createStoreCheck(async () => await askStore(shards), { clock, log }),
  }
}
