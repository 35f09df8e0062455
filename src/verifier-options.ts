import { DEFAULT_MAX_BODY_BYTES, DEFAULT_TOLERANCE_SECONDS } from "./core/limits.ts"
import { isTimeSeconds } from "./core/is.ts"
import type { EventSchemas } from "./events/schema.ts"
import { chooseEngine } from "./verify/engine.ts"
import { createKeyring } from "./verify/keyring.ts"
import type { VerifyingScheme } from "./verify/scheme.ts"
import { credicorpVerifying } from "./verify/schemes/credicorp.ts"
import { checkSecrets, type SecretsInput } from "./verify/secrets.ts"
import type { Judge } from "./verify/verify.ts"

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
  /** Event type → Standard Schema: its payload is validated, and typed from it (spec 3.11). */
  readonly events?: Schemas | undefined
  /** The provider; Credicorp unless given. */
  readonly scheme?: VerifyingScheme | undefined
}

/** Options that were checked, with every default filled in and every key prepared. */
export interface Settings extends Judge {
  readonly maxBodyBytes: number
  readonly events: EventSchemas | undefined
}

/** @throws {TypeError} An option is unsound; nothing falls back on a looser check. */
export function checkOptions(options: VerifyOptions<EventSchemas>): Settings {
  const {
    secrets,
    toleranceSeconds = DEFAULT_TOLERANCE_SECONDS,
    maxBodyBytes = DEFAULT_MAX_BODY_BYTES,
    now = () => Math.floor(Date.now() / 1000),
    events,
    scheme = credicorpVerifying,
  } = options
  // Spec 1.5: 0 would be taken for "off", and NaN would pass every comparison.
  checkNumber("toleranceSeconds", toleranceSeconds, 1)
  checkNumber("maxBodyBytes", maxBodyBytes, 1)
  return {
    keys: createKeyring(checkSecrets(secrets), scheme, chooseEngine()),
    scheme,
    now: () => checkNumber("now", typeof now === "function" ? now() : now, 0),
    toleranceSeconds,
    maxBodyBytes,
    events,
  }
}

/** Whole, and at most 12 digits: a time with a fraction or in milliseconds is a mistake that would pass for a time. */
function checkNumber(name: string, value: unknown, min: number): number {
  if (isTimeSeconds(value) && value >= min) return value
  throw new TypeError(`${name} must be whole (seconds, bytes), from ${min}`)
}
