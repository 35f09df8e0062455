import { assertOption } from "../core/assert.ts"
import { createReader, oneOf, wholeNumber, type BindingText, type Configured } from "../core/config.ts"
import { parseEventTypes } from "../events/known.ts"
import { credicorp } from "../providers/credicorp.ts"
import type { AnyProvider } from "../providers/provider.ts"
import { DEFAULT_MAX_BODY_BYTES } from "../verify/options.ts"
import { parseSecrets } from "../verify/parse-secrets.ts"
import type { CheckedSecret } from "../verify/secrets.ts"

/** Spec 1.11. The shortest secret that the deployable Worker accepts. Published samples are longer. */
export const MIN_DEPLOYED_SECRET_CHARS = 16

/** Spec 1.11. The deployable Worker limits replays to an hour. */
export const MAX_DEPLOYED_TOLERANCE_SECONDS = 3_600

/** A row may have 2 MB on Cloudflare: the body and the other columns must fit. */
export const MAX_DEPLOYED_BODY_BYTES = 1_900_000

/** The receiver's variables. */
export interface ReceiverBindings {
  /**
   * The text that `parseSecrets` takes, or a binding of the Secrets Store that returns it. Unset turns the receiver off. A
   * secret: never in `[vars]`.
   */
  readonly WEBHOOK_SECRETS?: BindingText | { get(): Promise<string> }
  /** 1 to 3600; 300 unless set. */
  readonly WEBHOOK_TOLERANCE_SECONDS?: BindingText
  /** 1 to 1900000; 1048576 unless set. */
  readonly WEBHOOK_MAX_BODY_BYTES?: BindingText
  /** `ignore` (unless set) or `reject`. */
  readonly WEBHOOK_UNKNOWN_EVENTS?: BindingText
  /** `true` or `false`; events of both modes are accepted unless set. */
  readonly WEBHOOK_LIVEMODE?: BindingText
  /** Event types that are known beyond the public ones, separated by commas. */
  readonly WEBHOOK_EVENT_TYPES?: BindingText
}

/** A source, as far as its variables depend on it. */
export interface ConfiguredSource {
  readonly provider: AnyProvider
  /** What the names of its variables begin with, as `STRIPE_`; empty for `credicorp` (spec 7.6). */
  readonly prefix: string
  /** The variable with its secrets. */
  readonly secretsVariable: string
}

export interface ReceiverVariables {
  readonly secrets: readonly CheckedSecret[]
  /** The provider's own unless set. */
  readonly toleranceSeconds: number | undefined
  readonly maxBodyBytes: number
  readonly unknownEvents: "ignore" | "reject"
  readonly livemode: boolean | undefined
  readonly eventTypes: readonly string[]
  /** The token that a handshake sends back (spec 7.6, 8). */
  readonly verifyToken: string | undefined
}

const CREDICORP: ConfiguredSource = { provider: credicorp, prefix: "", secretsVariable: "WEBHOOK_SECRETS" }

/**
 * Reads the variables of a source. Reports all problems at once, by the name of the variable and never with its value.
 *
 * @param source Credicorp's unless given.
 */
export function readReceiverVariables(
  bindings: ReceiverBindings,
  { provider, prefix, secretsVariable }: ConfiguredSource = CREDICORP,
): Configured<ReceiverVariables> {
  const env = bindings as Readonly<Record<string, BindingText | undefined>>
  if (env[secretsVariable] === undefined) return { state: "off" }
  const problems: string[] = []
  // An empty value of these is refused: it is more likely a mistake than a decision to check nothing.
  const emptyIsInvalid = [secretsVariable, `${prefix}WEBHOOK_LIVEMODE`, `${prefix}VERIFY_TOKEN`]
  const read = createReader(env, problems, emptyIsInvalid)
  const config = {
    secrets: read(secretsVariable, () => parseDeployedSecrets(env[secretsVariable], provider), []),
    toleranceSeconds: read(
      `${prefix}WEBHOOK_TOLERANCE_SECONDS`,
      wholeNumber(MAX_DEPLOYED_TOLERANCE_SECONDS),
      undefined,
    ),
    maxBodyBytes: read(`${prefix}WEBHOOK_MAX_BODY_BYTES`, wholeNumber(MAX_DEPLOYED_BODY_BYTES), DEFAULT_MAX_BODY_BYTES),
    unknownEvents: read(`${prefix}WEBHOOK_UNKNOWN_EVENTS`, oneOf("ignore", "reject"), "ignore"),
    livemode: read(`${prefix}WEBHOOK_LIVEMODE`, (text) => oneOf("true", "false")(text) === "true", undefined),
    eventTypes: read(`${prefix}WEBHOOK_EVENT_TYPES`, (text) => parseEventTypes(text, provider.isType), []),
    verifyToken: read(`${prefix}VERIFY_TOKEN`, parseVerifyToken, undefined),
  }
  return problems.length > 0 ? { state: "invalid", problems } : { state: "on", config }
}

/** Parses the token of a handshake. It is as long as a secret, because a caller who guesses it can subscribe the receiver. */
function parseVerifyToken(text: string): string {
  if (!/^[!-~]{16,256}$/.test(text)) throw new TypeError("must be 16 to 256 printable ASCII characters without spaces")
  return text
}

/** Parses the secrets. The deployed Worker is stricter about secrets than the library (spec 1.11). */
function parseDeployedSecrets(text: unknown, provider: AnyProvider): readonly CheckedSecret[] {
  const secrets = parseSecrets(text as string, { provider })
  for (const [i, { secret }] of secrets.entries()) {
    // Named by its index, because the id is part of the secret text.
    assertOption(
      secret.length >= MIN_DEPLOYED_SECRET_CHARS,
      `secrets[${i}].secret must have at least ${MIN_DEPLOYED_SECRET_CHARS} characters`,
    )
  }
  return secrets
}
