import { assertBytes, assertOption, assertOptions, assertSeconds, kindOf } from "../core/assert.ts"
import { checkSchemas, type EventSchemas } from "../events/schema.ts"
import type { WebhookEvent } from "../events/event.ts"
import { platformEngine } from "./hmac.ts"
import { createKeyring } from "./keyring.ts"
import { credicorp } from "../providers/credicorp.ts"
import type { AnyProvider, Provider } from "../providers/provider.ts"
import { checkSecrets, type SecretsInput } from "./secrets.ts"
import type { VerifySettings } from "./verify.ts"

/** Spec 1.5. Wide enough for clock drift and a slow network, narrow enough that a captured delivery is soon stale. */
export const DEFAULT_TOLERANCE_SECONDS = 300

/** Spec 1.11. A day of replays is the most that the library lets anyone configure. */
export const MAX_TOLERANCE_SECONDS = 86_400

/** Spec 3.5. Events are small; 1 MiB leaves room for a sender of large ones. */
export const DEFAULT_MAX_BODY_BYTES = 1_048_576

/** Makes the compiler refuse a schema under a pattern: it would never be used, and every payload would pass. */
type NoPatterns<Schemas> = {
  readonly [Type in keyof Schemas]: Type extends "*" | `${string}.*` ? never : unknown
}

/** The provider unless one is given. */
export type Credicorp = Provider<WebhookEvent>

/** How to verify. Only `secrets` is required. */
export interface VerifyOptions<
  Schemas extends EventSchemas = Record<never, never>,
  From extends AnyProvider = Credicorp,
> {
  /** 1 to 16 secrets; a rotation is two of them (spec 1.10 to 1.12). */
  readonly secrets: SecretsInput
  /**
   * Widest accepted distance between signing and now, both ways and inclusive: whole seconds, 1 to 86400 (spec 1.5). The
   * provider's own unless given, else 300.
   */
  readonly toleranceSeconds?: number | undefined
  /** Whole seconds since 1970, or a function that returns them; the system clock unless given. */
  readonly now?: number | (() => number) | undefined
  /** Largest body that is read and hashed, in bytes; 1 MiB unless given (spec 3.5). */
  readonly maxBodyBytes?: number | undefined
  /** Event type → Standard Schema: its payload is validated, and typed from it (spec 3.11). Whole types, no patterns. */
  readonly events?: (Schemas & NoPatterns<Schemas>) | undefined
  /** The provider, from `countersign/providers` or made by `hmacScheme`; Credicorp unless given. */
  readonly provider?: From | undefined
}

/** Options that were checked, with every default filled in and every key prepared. */
export interface Settings extends VerifySettings {
  readonly events: EventSchemas
}

/** The names of the options. */
export const VERIFY_OPTIONS: readonly (keyof VerifyOptions)[] = [
  "secrets",
  "provider",
  "toleranceSeconds",
  "now",
  "maxBodyBytes",
  "events",
]

/** @throws {TypeError} An option is invalid. No option ever falls back on a looser check. */
export function checkOptions(options: VerifyOptions<EventSchemas, AnyProvider>): Settings {
  const { secrets, ...others } = checkOthers(options)
  const { provider } = others
  return { ...others, keys: createKeyring(checkSecrets(secrets, provider), provider, platformEngine) }
}

/**
 * Checks every option but the secrets, which an app may have to find first.
 *
 * @throws {TypeError} An option is invalid.
 */
export function checkOthers(
  options: VerifyOptions<EventSchemas, AnyProvider>,
): Omit<Settings, "keys"> & { readonly secrets: SecretsInput } {
  assertOptions("options", options, VERIFY_OPTIONS)
  const { secrets, provider = credicorp, maxBodyBytes = DEFAULT_MAX_BODY_BYTES, events = {} } = options
  const { now = () => Math.floor(Date.now() / 1000) } = options
  assertProvider(provider)
  const { toleranceSeconds = provider.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS } = options
  // Spec 1.5: 0 would look like "off", and NaN would pass every comparison.
  if (options.toleranceSeconds !== undefined) {
    assertSeconds("toleranceSeconds", toleranceSeconds, 1, MAX_TOLERANCE_SECONDS)
  }
  assertBytes("maxBodyBytes", maxBodyBytes)
  if (typeof now !== "function") assertSeconds("now", now, 0)
  checkSchemas(events, provider.isType)
  return {
    secrets,
    provider,
    now: typeof now === "function" ? () => assertSeconds("now", now(), 0) : () => now,
    toleranceSeconds,
    maxBodyBytes,
    events,
  }
}

/** @throws {TypeError} The value is not a provider: nothing falls back on another. */
export function assertProvider(provider: unknown): asserts provider is AnyProvider {
  const { name, parseHeaders, prepareKey, readEvent } = Object(provider) as Partial<AnyProvider>
  assertOption(
    typeof name === "string" && [parseHeaders, prepareKey, readEvent].every((part) => typeof part === "function"),
    `provider must be one of countersign/providers, or made by hmacScheme(), not ${kindOf(provider)}`,
  )
}
