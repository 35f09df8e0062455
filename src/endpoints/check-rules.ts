import { fail, ok, type Result } from "../core/result.ts"
import type { Failure } from "./account.ts"
import { toEventsMessage, URL_MESSAGES } from "./messages.ts"
import { checkEnabledEvents } from "./rules/events.ts"
import { checkEndpointUrl } from "./rules/url.ts"

/** What the rules of spec 5.4 and 5.5 depend on. */
export interface EndpointRules {
  /** Every event type that an endpoint may want. */
  readonly knownTypes: readonly string[]
  /** Top-level domains beyond those of IANA's root zone. */
  readonly extraTlds: readonly string[]
}

/**
 * Checks the URL and the events of a body (spec 5.4, 5.5). The URL is returned in its normalised form.
 */
export function checkRules<Fields extends Ruled>(
  fields: Fields,
  { knownTypes, extraTlds }: EndpointRules,
): Result<Fields, Failure> {
  const url = fields.url === undefined ? ok(undefined) : checkEndpointUrl(fields.url, { extraTlds })
  if (!url.ok) {
    return fail({ code: "webhook_endpoint_url_invalid", param: "url", publicMessage: URL_MESSAGES[url.error.reason] })
  }
  const events =
    fields.enabled_events === undefined ? ok(undefined) : checkEnabledEvents(fields.enabled_events, knownTypes)
  if (!events.ok) {
    const { param, reason } = events.error
    return fail({ code: "webhook_event_unknown", param, publicMessage: toEventsMessage(reason, knownTypes) })
  }
  return ok(url.value === undefined ? fields : { ...fields, url: url.value })
}

interface Ruled {
  readonly url?: string
  readonly enabled_events?: readonly string[]
}
