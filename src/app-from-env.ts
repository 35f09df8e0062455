import { createApp, type Surface } from "./app.ts"
import {
  readPartnerConfig,
  readReceiverConfig,
  type Configured,
  type PartnerBindings,
  type ReceiverBindings,
  type ReceiverConfig,
} from "./config.ts"
import { writeLine } from "./core/write-line.ts"
import { createApiKeyAuth } from "./endpoints/api-keys.ts"
import type { HandlerSet, Log } from "./events/handlers.ts"
import { PUBLIC_EVENT_TYPES } from "./events/known.ts"
import { createInlineHandOff } from "./receiver/inline.ts"
import type { ReceiverSettings } from "./receiver/receive.ts"
import { createVerifier } from "./verifier.ts"
import { isActive } from "./verify/keyring.ts"
import { credicorp } from "./verify/schemes/credicorp.ts"

/**
 * Bindings in, app out. What is wrong with the configuration is logged once, all of it.
 *
 * @param clock Milliseconds since 1970.
 */
export function createAppFromEnv<Env extends ReceiverBindings & PartnerBindings>(
  env: Env,
  handlers: HandlerSet<Env>,
  { log = writeLine, clock = Date.now }: { log?: Log; clock?: () => number } = {},
): ReturnType<typeof createApp> {
  const toSurface = <Config, Settings>(
    name: string,
    configured: Configured<Config>,
    toSettings: (config: Config) => Settings,
  ): Surface<Settings> => {
    if (configured.state === "on") return { state: "on", settings: toSettings(configured.config) }
    if (configured.state === "unsound") {
      const { problems } = configured
      log({ level: "error", message: `the configuration of the ${name} is unsound: it is answering 503`, problems })
    }
    return { state: configured.state }
  }
  const receiver = toSurface("receiver", readReceiverConfig(env), (config) =>
    createReceiverSettings(config, env, handlers, { log, clock }),
  )
  if (receiver.state === "off") log({ level: "warn", message: "the receiver is off: WEBHOOK_SECRETS is not set" })
  const partner = toSurface("partner plane", readPartnerConfig(env), ({ apiKeys, eventTypes, accounts }) => ({
    authenticate: createApiKeyAuth(apiKeys),
    accountOf: (name: string) => accounts.getByName(name),
    knownTypes: [...PUBLIC_EVENT_TYPES, ...eventTypes],
  }))
  return createApp({ receiver: { ...receiver, source: credicorp.name }, partner, log, clock })
}

function createReceiverSettings<Env>(
  config: ReceiverConfig,
  env: Env,
  handlers: HandlerSet<Env>,
  { log, clock }: { log: Log; clock: () => number },
): ReceiverSettings {
  const { secrets, toleranceSeconds, maxBodyBytes, livemode, unknownEvents, eventTypes } = config
  const now = (): number => Math.floor(clock() / 1000)
  return {
    scheme: credicorp,
    verifier: createVerifier({ secrets, toleranceSeconds, maxBodyBytes, now, scheme: credicorp }),
    activeSecrets: (time) => secrets.filter((secret) => isActive(secret, time)).length,
    livemode,
    unknownEvents,
    knownPatterns: [...eventTypes, ...handlers.entries.map(([pattern]) => pattern)],
    schemas: handlers.schemas,
    handOff: createInlineHandOff(handlers, env, log),
  }
}
