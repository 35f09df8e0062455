import { DEFAULT_MAX_BODY_BYTES, DEFAULT_TOLERANCE_SECONDS } from "./core/limits.ts"
import { demandWhole } from "./core/demand.ts"
import { checkSchemas, type EventSchemas } from "./events/schema.ts"
import { chooseEngine } from "./verify/engine.ts"
import { createKeyring } from "./verify/keyring.ts"
import type { VerifyingScheme } from "./verify/scheme.ts"
import { credicorpVerifying } from "./verify/schemes/credicorp.ts"
import { checkSecrets, type SecretsInput } from "./verify/secrets.ts"
import type { Judge } from "./verify/verify.ts"

/** A schema under a pattern would never be asked, and every payload would pass: the compiler refuses it. */
type NoPatterns<Schemas> = {
  readonly [Type in keyof Schemas]: Type extends "*" | `${string}.*` ? never : unknown
}

/** How to verify. Only `secrets` is required. */
export interface VerifyOptions<Schemas extends EventSchemas = Record<never, never>> {
  /** 1 to 16 secrets; a rotation is two of them (spec 1.10 to 1.12). */
  readonly secrets: SecretsInput
  /** Widest accepted distance between signing and now, both ways and inclusive; whole seconds >= 1 (spec 1.5). */
  readonly toleranceSeconds?: number | undefined
  /** Whole seconds since 1970, or a function that tells them; the system clock unless given. */
  readonly now?: number | (() => number) | undefined
  /** Largest body that is read and hashed, in bytes; 1 MiB unless given (spec 3.5). */
  readonly maxBodyBytes?: number | undefined
  /** Event type → Standard Schema: its payload is validated, and typed from it (spec 3.11). Whole types, no patterns. */
  readonly events?: (Schemas & NoPatterns<Schemas>) | undefined
  /** The provider; Credicorp unless given. */
  readonly scheme?: VerifyingScheme | undefined
}

/** Options that were checked, with every default filled in and every key prepared. */
export interface Settings extends Judge {
  readonly events: EventSchemas
}

/** @throws {TypeError} An option is unsound; nothing falls back on a looser check. */
export function checkOptions({
  secrets,
  toleranceSeconds = DEFAULT_TOLERANCE_SECONDS,
  maxBodyBytes = DEFAULT_MAX_BODY_BYTES,
  now = () => Math.floor(Date.now() / 1000),
  events = {},
  scheme = credicorpVerifying,
}: VerifyOptions<EventSchemas>): Settings {
  // Spec 1.5: 0 would be taken for "off", and NaN would pass every comparison.
  demandWhole("toleranceSeconds", toleranceSeconds, 1)
  demandWhole("maxBodyBytes", maxBodyBytes, 1)
  checkSchemas(events)
  return {
    keys: createKeyring(checkSecrets(secrets), scheme, chooseEngine()),
    scheme,
    now: () => demandWhole("now", typeof now === "function" ? now() : now, 0),
    toleranceSeconds,
    maxBodyBytes,
    events,
  }
}
