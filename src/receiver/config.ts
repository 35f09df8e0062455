import { assertOption } from "../core/assert.ts"
import { createReader, oneOf, wholeNumber, type BindingText, type Configured } from "../core/config.ts"
import { parseEventTypes } from "../events/known.ts"
import { DEFAULT_MAX_BODY_BYTES, DEFAULT_TOLERANCE_SECONDS } from "../verify/options.ts"
import { parseSecrets } from "../verify/parse-secrets.ts"
import type { CheckedSecret } from "../verify/secrets.ts"

/** Spec 1.11. The least that the deployable Worker asks of a secret; published samples are longer. */
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
  /** `true` or `false`; events of either mode are taken unless set. */
  readonly WEBHOOK_LIVEMODE?: BindingText
  /** Event types that are known beyond the public ones, separated by commas. */
  readonly WEBHOOK_EVENT_TYPES?: BindingText
}

export interface ReceiverVariables {
  readonly secrets: readonly CheckedSecret[]
  readonly toleranceSeconds: number
  readonly maxBodyBytes: number
  readonly unknownEvents: "ignore" | "reject"
  readonly livemode: boolean | undefined
  readonly eventTypes: readonly string[]
}

/** An empty value of these is refused: it is more likely a mistake than a decision to check nothing. */
const EMPTY_IS_INVALID = ["WEBHOOK_SECRETS", "WEBHOOK_LIVEMODE"]

/** Reads the receiver's variables. Reports all problems at once, by the name of the variable and never with its value. */
export function readReceiverVariables(env: ReceiverBindings): Configured<ReceiverVariables> {
  if (env.WEBHOOK_SECRETS === undefined) return { state: "off" }
  const problems: string[] = []
  const read = createReader(env, problems, EMPTY_IS_INVALID)
  const config = {
    secrets: read("WEBHOOK_SECRETS", () => parseDeployedSecrets(env.WEBHOOK_SECRETS), []),
    toleranceSeconds: read(
      "WEBHOOK_TOLERANCE_SECONDS",
      wholeNumber(MAX_DEPLOYED_TOLERANCE_SECONDS),
      DEFAULT_TOLERANCE_SECONDS,
    ),
    maxBodyBytes: read("WEBHOOK_MAX_BODY_BYTES", wholeNumber(MAX_DEPLOYED_BODY_BYTES), DEFAULT_MAX_BODY_BYTES),
    unknownEvents: read("WEBHOOK_UNKNOWN_EVENTS", oneOf("ignore", "reject"), "ignore"),
    livemode: read("WEBHOOK_LIVEMODE", (text) => oneOf("true", "false")(text) === "true", undefined),
    eventTypes: read("WEBHOOK_EVENT_TYPES", parseEventTypes, []),
  }
  return problems.length > 0 ? { state: "invalid", problems } : { state: "on", config }
}

/** Parses the secrets. The deployed Worker asks more of a secret than the library does (spec 1.11). */
function parseDeployedSecrets(text: unknown): readonly CheckedSecret[] {
  const secrets = parseSecrets(text as string)
  for (const [i, { secret }] of secrets.entries()) {
    // Named by its place: an id is part of the text.
    assertOption(
      secret.length >= MIN_DEPLOYED_SECRET_CHARS,
      `secrets[${i}].secret must have at least ${MIN_DEPLOYED_SECRET_CHARS} characters`,
    )
  }
  return secrets
}
