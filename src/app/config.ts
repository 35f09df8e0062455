import { collect, joinConfigured, type BindingText, type Configured } from "../core/config.ts"
import type { PartnerBindings } from "../endpoints/config.ts"
import { readInboxConfig, type InboxBindings, type InboxConfig } from "../inbox/config.ts"
import type { OperatorBindings } from "../operator/token.ts"
import {
  readReceiverVariables,
  type ConfiguredSource,
  type ReceiverBindings,
  type ReceiverVariables,
} from "../receiver/config.ts"

/** The longest address of the error pages: it is part of every error. */
export const MAX_DOCS_URL_CHARS = 512

/** Everything the Worker reads from its environment. */
export interface WorkerBindings
  extends ReceiverBindings, InboxBindings, PartnerBindings, OperatorBindings, ErrorDocsBindings {}

/** The receiver's configuration, with the inbox that it hands events to. */
export interface ReceiverConfig extends ReceiverVariables {
  readonly inbox: InboxConfig
}

/**
 * Reads the variables of a source and of the inbox. Reports all problems at once.
 *
 * @param source Credicorp's unless given.
 * @param inbox Given where several sources share it, so that it is read once.
 */
export function readReceiverConfig(
  env: ReceiverBindings & InboxBindings,
  source?: ConfiguredSource,
  inbox: Configured<{ readonly inbox: InboxConfig }> = readInbox(env),
): Configured<ReceiverConfig> {
  return joinConfigured(readReceiverVariables(env, source), inbox)
}

/** Reads the inbox's variables, as the field that surfaces have it in. */
export function readInbox(env: InboxBindings): Configured<{ readonly inbox: InboxConfig }> {
  const inbox = readInboxConfig(env)
  return inbox.state === "on" ? { state: "on", config: { inbox: inbox.config } } : inbox
}

/** The variable of the error reference. */
export interface ErrorDocsBindings {
  /** The address of the error pages, as `https://example.com/errors`. Errors have a `doc_url` only if it is set. */
  readonly ERROR_DOCS_URL?: BindingText
}

/** Reads the error reference's variable, as `readReceiverConfig` does the receiver's. */
export function readErrorDocsConfig({ ERROR_DOCS_URL }: ErrorDocsBindings): Configured<{ readonly url: string }> {
  if (ERROR_DOCS_URL === undefined || ERROR_DOCS_URL === "") return { state: "off" }
  const problems: string[] = []
  const url = collect(problems, "ERROR_DOCS_URL", () => parseDocsUrl(String(ERROR_DOCS_URL)), "")
  return problems.length === 0 ? { state: "on", config: { url } } : { state: "invalid", problems }
}

/** Reads the address. A slash and a code are appended to it, so it may have no query and no fragment. */
function parseDocsUrl(text: string): string {
  if (text.length > MAX_DOCS_URL_CHARS || !/^https?:\/\/[^\s?#]+$/.test(text) || !URL.canParse(text)) {
    throw new TypeError(`must be an http or https URL of at most ${MAX_DOCS_URL_CHARS} characters without ? and #`)
  }
  return text.replace(/\/$/, "")
}
