import {
  DEFAULT_INBOX_SHARDS,
  DEFAULT_MAX_BODY_BYTES,
  DEFAULT_TOLERANCE_SECONDS,
  MAX_DEPLOYED_BODY_BYTES,
  MAX_DEPLOYED_TOLERANCE_SECONDS,
  MAX_DOCS_URL_CHARS,
  MAX_INBOX_SHARDS,
  MIN_DEPLOYED_SECRET_CHARS,
} from "./core/limits.ts"
import { collect, parseEventTypes, type BindingText, type Configured } from "./configured.ts"
import { parseOperatorToken } from "./operator/token.ts"
import type { Inbox } from "./inbox/inbox-object.ts"
import { parseRetention, type RetentionBindings } from "./inbox/retention.ts"
import type { PartnerBindings } from "./partner-config.ts"
import { parseSecrets } from "./verify/parse-secrets.ts"
import type { CheckedSecret } from "./verify/secrets.ts"

/** What the Worker reads from its environment for the receiver. */
export interface ReceiverBindings {
  /** The list form of `parseSecrets`. Unset turns the receiver off. A secret: never in `[vars]`. */
  readonly WEBHOOK_SECRETS?: BindingText
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

/** What the Worker reads from its environment for its operator. */
export interface OperatorBindings {
  /** At least 32 characters. Unset turns the operator's routes off. A secret: never in `[vars]`. */
  readonly OPERATOR_TOKEN?: BindingText
}

export interface OperatorConfig {
  readonly token: string
}

/** Reads the operator's variables, as `readReceiverConfig` does the receiver's. */
export function readOperatorConfig({ OPERATOR_TOKEN }: OperatorBindings): Configured<OperatorConfig> {
  if (OPERATOR_TOKEN === undefined) return { state: "off" }
  const problems: string[] = []
  const token = collect(problems, "OPERATOR_TOKEN", () => parseOperatorToken(String(OPERATOR_TOKEN)), "")
  return problems.length === 0 ? { state: "on", config: { token } } : { state: "unsound", problems }
}

/** What the Worker reads from its environment for the error reference. */
export interface ErrorDocsBindings {
  /** Where the pages of the error codes are, as `https://example.com/errors`; errors have no `doc_url` unless it is set. */
  readonly ERROR_DOCS_URL?: BindingText
}

/** Reads the error reference's variable, as `readReceiverConfig` does the receiver's. */
export function readErrorDocsConfig({ ERROR_DOCS_URL }: ErrorDocsBindings): Configured<{ readonly url: string }> {
  if (ERROR_DOCS_URL === undefined || ERROR_DOCS_URL === "") return { state: "off" }
  const problems: string[] = []
  const url = collect(problems, "ERROR_DOCS_URL", () => parseDocsUrl(String(ERROR_DOCS_URL)), "")
  return problems.length === 0 ? { state: "on", config: { url } } : { state: "unsound", problems }
}

/** A code and a slash are put behind it, so there is no query and no fragment. */
function parseDocsUrl(text: string): string {
  if (text.length > MAX_DOCS_URL_CHARS || !/^https?:\/\/[^\s?#]+$/.test(text) || !URL.canParse(text)) {
    throw new TypeError(`must be an http or https URL of at most ${MAX_DOCS_URL_CHARS} characters without ? and #`)
  }
  return text.replace(/\/$/, "")
}

/** What the Worker reads from its environment for the inbox. */
export interface InboxBindings extends RetentionBindings {
  /** The shards of the inbox, as wrangler.toml binds them. */
  readonly INBOXES?: DurableObjectNamespace<Inbox>
  /** 1 to 256, 16 unless set. An inbox keeps the number that it was made with. */
  readonly INBOX_SHARDS?: BindingText
  /** `eu`: events are stored in the European Union. Set before the first event, and never changed. */
  readonly INBOX_JURISDICTION?: BindingText
}

/** All that the Worker reads from its environment. */
export interface WorkerBindings
  extends ReceiverBindings, InboxBindings, PartnerBindings, OperatorBindings, ErrorDocsBindings {}

export interface InboxConfig {
  /** Of the jurisdiction, where one is set. */
  readonly inboxes: DurableObjectNamespace<Inbox>
  readonly shards: number
}

/** Reads the inbox's variables. It is never off: what the receiver takes is stored, or not taken. */
export function readInboxConfig(env: InboxBindings): Exclude<Configured<InboxConfig>, { state: "off" }> {
  const retention = parseRetention(env)
  const problems = retention.ok ? [] : [...retention.error]
  const read = createReader(env, problems)
  const shards = read("INBOX_SHARDS", wholeNumber(MAX_INBOX_SHARDS), DEFAULT_INBOX_SHARDS)
  // The local runtime has no jurisdictions, and throws.
  const inboxes = read("INBOX_JURISDICTION", (text) => env.INBOXES?.jurisdiction(oneOf("eu")(text)), env.INBOXES)
  if (!inboxes) problems.push("INBOXES: the Durable Object binding is missing from wrangler.toml")
  return inboxes && problems.length === 0
    ? { state: "on", config: { inboxes, shards } }
    : { state: "unsound", problems }
}

export interface ReceiverConfig {
  readonly secrets: readonly CheckedSecret[]
  readonly toleranceSeconds: number
  readonly maxBodyBytes: number
  readonly unknownEvents: "ignore" | "reject"
  readonly livemode: boolean | undefined
  readonly eventTypes: readonly string[]
  readonly inbox: InboxConfig
}

/** Where nothing means that nothing is checked, a variable that is set to nothing is more likely a mistake. */
const EMPTY_IS_UNSOUND: ReadonlySet<string> = new Set(["WEBHOOK_SECRETS", "WEBHOOK_LIVEMODE"])

/** Reads the receiver's variables. Every problem is reported at once, by the variable's name and never with its value. */
export function readReceiverConfig(env: ReceiverBindings & InboxBindings): Configured<ReceiverConfig> {
  if (env.WEBHOOK_SECRETS === undefined) return { state: "off" }
  const problems: string[] = []
  const read = createReader(env, problems)
  const inbox = readInboxConfig(env)
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
  if (inbox.state === "unsound") return { state: "unsound", problems: [...problems, ...inbox.problems] }
  return problems.length > 0
    ? { state: "unsound", problems }
    : { state: "on", config: { ...config, inbox: inbox.config } }
}

/** Reads one variable at a time: the fallback where it is not set, or empty and that says nothing. */
const createReader =
  <Bindings extends object>(env: Bindings, problems: string[]) =>
  <Value>(name: keyof Bindings & string, parse: (text: string) => Value, fallback: Value): Value => {
    const text = env[name] === undefined ? "" : String(env[name]).trim()
    if (text === "" && (env[name] === undefined || !EMPTY_IS_UNSOUND.has(name))) return fallback
    return collect(problems, name, () => parse(text), fallback)
  }

/** Spec 1.11: the deployed Worker asks more of a secret than the library does. */
function parseDeployedSecrets(text: unknown): readonly CheckedSecret[] {
  const secrets = parseSecrets(text as string)
  const short = secrets.filter(({ secret }) => secret.length < MIN_DEPLOYED_SECRET_CHARS).map(({ id }) => id)
  if (short.length > 0)
    throw new TypeError(`${short.join(", ")} must have at least ${MIN_DEPLOYED_SECRET_CHARS} characters`)
  return secrets
}

const wholeNumber =
  (max: number) =>
  (text: string): number => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : 0
    if (number < 1 || number > max) throw new TypeError(`must be a whole number from 1 to ${max}`)
    return number
  }

const oneOf =
  <Choice extends string>(...choices: readonly Choice[]) =>
  (text: string): Choice => {
    const choice = choices.find((one) => one === text)
    if (choice === undefined) throw new TypeError(`must be ${choices.join(" or ")}`)
    return choice
  }
