import { errorName } from "../core/error-text.ts"
import type { Log } from "../events/handlers.ts"

/** Variables that may be bindings of Cloudflare's Secrets Store. By name, because other bindings have a `get` as well. */
const STORABLE = /^(?:\w+_)?WEBHOOK_SECRETS$/

interface Resolved<Env> {
  /** The environment, with text in place of the bindings. */
  readonly env: Env
  /** Whether the store returned every secret. */
  readonly complete: boolean
}

/**
 * Builds an isolate's app with its first request, once the Secrets Store has returned the secrets. They are kept until the
 * isolate ends. While the store returns nothing, each request builds an app whose receiver answers 503, and asks again.
 *
 * The app is kept, never the promise of it: on Workers a request must not await the promise of another request.
 *
 * @param build Gets the environment with text in place of the bindings; empty text where the store returned none, which is
 *   never taken for "not set".
 * @param variables Further variables that may be bindings of the Secrets Store.
 */
export function createAppKeeper<Env extends object, App>(
  build: (env: Env) => App,
  log: Log,
  variables: readonly string[] = [],
): (env: Env) => Promise<App> {
  let kept: App | undefined
  return async (env) => {
    if (kept) return kept
    const resolved = await resolveSecrets(env, variables, log)
    // Another request may have been quicker.
    if (kept) return kept
    const app = build(resolved.env)
    if (resolved.complete) kept = app
    return app
  }
}

async function resolveSecrets<Env extends object>(
  env: Env,
  variables: readonly string[],
  log: Log,
): Promise<Resolved<Env>> {
  const found: Record<string, string> = {}
  let complete = true
  for (const [name, binding] of Object.entries(env)) {
    if (!(STORABLE.test(name) || variables.includes(name)) || !isStored(binding)) continue
    found[name] = await readStored(name, binding, log)
    complete &&= found[name] !== ""
  }
  return { env: Object.keys(found).length > 0 ? { ...env, ...found } : env, complete }
}

/** A secret of Cloudflare's Secrets Store. */
interface StoredSecret {
  get(): Promise<string>
}

const isStored = (binding: unknown): binding is StoredSecret =>
  typeof binding === "object" && binding !== null && "get" in binding && typeof binding.get === "function"

/** Returns the text of a stored secret, or empty text if the store has none or fails. */
async function readStored(name: string, binding: StoredSecret, log: Log): Promise<string> {
  try {
    const text: unknown = await binding.get()
    return typeof text === "string" ? text : ""
  } catch (cause) {
    log({
      level: "error",
      message: "the Secrets Store did not return a secret",
      variable: name,
      error: errorName(cause),
    })
    return ""
  }
}
