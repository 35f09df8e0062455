import { createApp, type Surface } from "./app.ts"
import { readReceiverConfig, type ReceiverBindings, type ReceiverConfig } from "./config.ts"
import type { HandlerSet, Log } from "./events/handlers.ts"
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
export function createAppFromEnv<Env extends ReceiverBindings>(
  env: Env,
  handlers: HandlerSet<Env>,
  { log = writeLine, clock = Date.now }: { log?: Log; clock?: () => number } = {},
): ReturnType<typeof createApp> {
  const configured = readReceiverConfig(env)
  if (configured.state === "unsound") {
    log({
      level: "error",
      message: "the receiver's configuration is unsound: it is answering 503",
      problems: configured.problems,
    })
  }
  if (configured.state === "off") {
    log({ level: "warn", message: "the receiver is off: WEBHOOK_SECRETS is not set" })
  }
  const receiver: Surface<ReceiverSettings> =
    configured.state === "on"
      ? { state: "on", settings: createReceiverSettings(configured.config, env, handlers, { log, clock }) }
      : { state: configured.state }
  return createApp({ receiver: { ...receiver, source: credicorp.name }, log, clock })
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

/** One JSON object a line; `undefined` fields vanish. Logging decides nothing: what has no JSON form is left out. */
const writeLine: Log = (entry) => {
  let line: string
  try {
    line = JSON.stringify(entry)
  } catch {
    const { level, message, event_id, event_type } = entry
    line = JSON.stringify({ level, message, event_id, event_type, detail: "the other fields have no JSON form" })
  }
  // oxlint-disable-next-line no-console -- the platform's log is the console
  console.log(line)
}
