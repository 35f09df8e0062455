import { assertOption, assertWhole } from "../core/assert.ts"
import { checkSchemas, type EventSchemas } from "../events/schema.ts"
import type { WebhookEvent } from "../events/event.ts"
import { platformEngine } from "./hmac.ts"
import { createKeyring } from "./keyring.ts"
import { credicorp } from "../providers/credicorp.ts"
import type { AnyProvider, Provider } from "../providers/provider.ts"
import { checkSecrets, type SecretsInput } from "./secrets.ts"
import type { VerifySettings } from "./verify.ts"

/** Spec 1.5. Wide enough for clock drift and a slow network, narrow enough to make a captured delivery stale soon. */
export const DEFAULT_TOLERANCE_SECONDS = 300

/** Spec 3.5. Events are small; 1 MiB is what a sender of large ones could need. */
export const DEFAULT_MAX_BODY_BYTES = 1_048_576

/** A schema under a pattern would never be asked, and every payload would pass: the compiler refuses it. */
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
   * Widest accepted distance between signing and now, both ways and inclusive; whole seconds >= 1 (spec 1.5). The
   * provider's own unless given, else 300.
   */
  readonly toleranceSeconds?: number | undefined
  /** Whole seconds since 1970, or a function that tells them; the system clock unless given. */
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

/** @throws {TypeError} An option is unsound; nothing falls back on a looser check. */
export function checkOptions({
  secrets,
  provider = credicorp,
  toleranceSeconds,
  maxBodyBytes = DEFAULT_MAX_BODY_BYTES,
  now = () => Math.floor(Date.now() / 1000),
  events = {},
}: VerifyOptions<EventSchemas, AnyProvider>): Settings {
  assertProvider(provider)
  const tolerance =
    toleranceSeconds === undefined ? (provider.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS) : toleranceSeconds
  // Spec 1.5: 0 would be taken for "off", and NaN would pass every comparison.
  assertWhole("toleranceSeconds", tolerance, 1)
  assertWhole("maxBodyBytes", maxBodyBytes, 1)
  checkSchemas(events, provider.isType)
  return {
    keys: createKeyring(checkSecrets(secrets), provider, platformEngine),
    provider,
    now: () => assertWhole("now", typeof now === "function" ? now() : now, 0),
    toleranceSeconds: tolerance,
    maxBodyBytes,
    events,
  }
}

/** @throws {TypeError} A name or a module is not a provider, and nothing falls back on another. */
export function assertProvider(provider: unknown): asserts provider is AnyProvider {
  const { name, parseHeaders, prepareKey, readEvent } = Object(provider) as Partial<AnyProvider>
  assertOption(
    typeof name === "string" && [parseHeaders, prepareKey, readEvent].every((part) => typeof part === "function"),
    "provider must be one of countersign/providers, or made by hmacScheme()",
  )
}
