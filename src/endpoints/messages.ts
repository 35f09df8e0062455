import { MAX_ENABLED_EVENTS, type EnabledEventsReason } from "./rules/events.ts"
import { MAX_HOST_CHARS, MAX_HOST_LABEL_CHARS } from "./rules/host.ts"
import { MAX_ENDPOINT_URL_CHARS, type EndpointUrlReason } from "./rules/url.ts"

// The `message` of an answer names the rule that failed (spec 5.4). No message repeats what was sent.

export const URL_MESSAGES: Readonly<Record<EndpointUrlReason, string>> = {
  not_text: "The endpoint's URL must be a string.",
  too_long: `The endpoint's URL must have at most ${MAX_ENDPOINT_URL_CHARS} characters, also after percent-encoding.`,
  forbidden_character:
    "The endpoint's URL must have no control, white-space or bidirectional-control character and no backslash.",
  not_absolute: "The endpoint's URL must be absolute: it begins with https://.",
  not_https: "The endpoint's URL must be HTTPS: it begins with https://.",
  credentials: "The endpoint's URL must have no user name and no password.",
  no_host: "The endpoint's URL must have a host right after https://.",
  fragment: "The endpoint's URL must have no fragment: remove the # and what follows it.",
  malformed: "The endpoint's URL cannot be parsed: its host or its port is malformed.",
  port: "The endpoint's URL must have port 443 or 8443, or none.",
  host_spelling:
    "The endpoint's host must be written as it is read: no percent-encoding, no look-alike of an ASCII character, an IPv4 address as four decimal numbers.",
  ip_not_public: "The endpoint's IP address must be on the public internet.",
  host_label: `Each label of the endpoint's host must be 1 to ${MAX_HOST_LABEL_CHARS} letters, digits or inner hyphens.`,
  host_length: `The endpoint's host must have at most ${MAX_HOST_CHARS} characters.`,
  reserved_name: "The endpoint's host must be a public name: its top-level domain is reserved for private use.",
  single_label: "The endpoint's host must be a public name of at least two labels.",
  unknown_tld: "The endpoint's host must end in a top-level domain of the public internet.",
  metadata_name: "The endpoint's host must be a public name: this one is a cloud metadata server.",
  wildcard_dns: "The endpoint's host must not belong to a DNS service that answers with private addresses.",
}

const EVENTS_MESSAGES: Readonly<Record<EnabledEventsReason, string>> = {
  not_a_list: "enabled_events must be an array of event types.",
  empty: 'enabled_events must have at least one entry; ["*"] is every event.',
  too_many: `enabled_events must have at most ${MAX_ENABLED_EVENTS} entries; a family as payment.* takes the place of many.`,
  not_text: "Each entry of enabled_events must be a string.",
  wildcard_not_alone: "An entry * must be the only one: it stands for every event.",
  unknown_family: "No known event type is in this family.",
  unknown_type: "The event type is not known here.",
  duplicate: "The entry occurs twice.",
}

/** As many types as a message lists: an operator may configure hundreds. */
const MAX_LISTED_TYPES = 50

/** The message about `enabled_events`. To a partner that names an unknown type it lists those that are known. */
export function toEventsMessage(reason: EnabledEventsReason, knownTypes: readonly string[]): string {
  if (reason !== "unknown_type" && reason !== "unknown_family") return EVENTS_MESSAGES[reason]
  const more = knownTypes.length - MAX_LISTED_TYPES
  const listed = knownTypes.slice(0, MAX_LISTED_TYPES).join(", ")
  return `${EVENTS_MESSAGES[reason]} Known types: ${listed}${more > 0 ? ` and ${more} more` : ""}.`
}

export const QUOTED_IDEMPOTENCY_KEY = "The Idempotency-Key must be sent without quotes."
