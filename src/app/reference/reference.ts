import { DEFAULT_MAX_BODY_BYTES, DEFAULT_TOLERANCE_SECONDS } from "../../verify/options.ts"
import { MAX_ENDPOINTS } from "../../endpoints/endpoint.ts"
import { MAX_PARTNER_BODY_BYTES } from "../../endpoints/check-request.ts"
import { RATE_BURST, RATE_PER_SECOND } from "../../endpoints/rate-limit.ts"
import type { ErrorCode } from "../../errors/catalogue.ts"

/** Texts about a code beyond its row of the catalogue. They are for people and may change (spec 4.1). */
export interface Reference {
  /** When a request is answered with it. */
  readonly when: string
  /** What to do if you sent the request. */
  readonly sender: string
  /** What to do if you run the server. Absent for codes that only other services of Credicorp answer with. */
  readonly receiver?: string
  /** `error.param` of the example, where the answer names a field. */
  readonly param?: string
}

/** All 40 codes, in the order of the catalogue. Loaded by the Worker and the generator of pages, never by the library. */
export const REFERENCE: Readonly<Record<ErrorCode, Reference>> = {
  invalid_json: {
    when: "The body is not JSON, or not UTF-8, or begins with a byte order mark. A delivery is parsed only after its signature has passed, so its sender has signed exactly these bytes.",
    sender: "Send one JSON value in UTF-8 without a byte order mark. The same bytes will be refused again.",
    receiver:
      "Nothing is wrong on your side: the sender signed a body that is not JSON. The log has the id of the secret.",
  },
  missing_content_type: {
    when: "There is a body, or one is needed, and no Content-Type header.",
    sender: "Send Content-Type: application/json.",
    receiver: "Check whether a proxy in front of you drops the header.",
  },
  unknown_field: {
    when: "The body has a field that this request does not accept. It is refused, because ignoring a mistyped field would mean that a setting never takes effect.",
    sender: "Correct or remove the field that param names.",
    receiver: "Nothing; docs/endpoints.md lists the fields.",
    param: "enabled_event",
  },
  signature_invalid: {
    when: "An inbound call that must be signed as a request carries a signature that is not valid. Webhook deliveries have codes of their own.",
    sender: "Sign the request as that API's documentation says, and send exactly the bytes that were signed.",
  },
  webhook_signature_missing: {
    when: "A delivery has no Credicorp-Signature header, or an empty one. It is refused before its body is read.",
    sender: "Send Credicorp-Signature: t=<seconds since 1970>,v1=<lower-case hex>.",
    receiver:
      "If the provider's own deliveries get this, a proxy in front of you drops the header. Otherwise the request did not come from the provider, and it has changed nothing.",
  },
  webhook_signature_invalid: {
    when: `The signature header cannot be read or is over its limits, no active secret made one of its signatures, the body broke off before its end, or the signature was made too long ago or too far in the future (${DEFAULT_TOLERANCE_SECONDS} seconds unless configured). The answer is the same for all of these, so that an attacker learns nothing.`,
    sender:
      "Sign the bytes that you send, with the whole secret (whsec_ included), at the time of sending; sign every retry anew. Check that your clock is right.",
    receiver:
      "The reason is in the log and on error.reason, never in the answer. signature_mismatch: the sender has a different secret, the secret is no longer active, or something changed the body on its way (a body parser, a proxy). timestamp_stale or timestamp_ahead: the secret is right, so compare the clocks. header_malformed, header_too_long, too_many_signatures: the sender or a proxy sends a header that is not valid. body_incomplete: the connection broke, or the body took longer than 10 seconds.",
  },
  idempotency_key_malformed: {
    when: "A POST or PATCH has an Idempotency-Key that is not 1 to 255 of A-Z a-z 0-9 _ -.",
    sender: "Use a random UUID, one for each thing you want done.",
    receiver: "Nothing; the request has changed nothing.",
  },

  missing_api_key: {
    when: "The Authorization header is absent or empty.",
    sender: "Send Authorization: Bearer and your credential.",
    receiver: "Check whether a proxy in front of you drops the header.",
  },
  invalid_api_key: {
    when: "The credential is not known here, or the Authorization header holds anything but one bearer credential.",
    sender: "Check that the key is complete, belongs to this environment, and has not been removed.",
    receiver:
      "Many of these in the log can mean that somebody is guessing keys. If a partner gets it, check that its key is configured.",
  },
  token_expired: {
    when: "The exp of the token has passed. Its signature was verified first.",
    sender: "Get a new token from its issuer and send the request again.",
    receiver: "If fresh tokens get this, compare the clocks of the issuer and of this Worker.",
  },
  token_revoked: {
    when: "The credential was valid once and was revoked.",
    sender: "Use another credential. This one will not work again.",
    receiver: "An operator revoked it. Issue a new one if the partner should have access again.",
  },
  audience_mismatch: {
    when: "The token is valid but was issued for another API.",
    sender: "Ask the issuer for a token whose aud is this API.",
    receiver: "If every token gets this, the audience that is configured here is not the one that the issuer writes.",
  },

  insufficient_scope: {
    when: "The credential has no scope for this resource at all.",
    sender: "Ask for a credential with the scope that you need, as webhooks:read.",
    receiver: "Give the credential its scopes, if the partner is to have them.",
  },
  scope_not_granted: {
    when: "The credential has a scope for this resource, but not the one that this request needs: webhooks:read to look, webhooks:write to change.",
    sender: "Use a credential with that scope, or ask for it.",
    receiver: "Give the credential that scope, if the partner is to have it.",
  },
  account_suspended: {
    when: "The credential is valid, and its account is suspended.",
    sender: "Contact the operator of this API. No request of this account is served until the account is resumed.",
    receiver: "An operator suspended it. Its endpoints are kept.",
  },

  resource_not_found: {
    when: "There is no resource with that id, or it belongs to another account or to the other mode. The answer does not say which.",
    sender: "Check the id, and that your key has the mode (test or live) that the resource was made in.",
    receiver: "Nothing. The answer never says whether the resource exists for another account.",
  },
  route_not_found: {
    when: "There is no such path. A surface that is not configured does not exist either.",
    sender: "Compare the path letter by letter. A path with a slash at its end is a different path.",
    receiver: "If the path should exist, GET /healthz says which surfaces are on, off or invalid.",
  },
  mcp_method_not_found: {
    when: "An MCP call names a method that does not exist.",
    sender: "List the methods that the server offers.",
  },
  mcp_tool_not_found: {
    when: "An MCP call names a tool that does not exist.",
    sender: "List the tools that the server offers.",
  },
  cms_page_not_found: { when: "There is no such page in the content system.", sender: "Check the page's address." },

  method_not_allowed: {
    when: "The path exists, but does not accept this method.",
    sender: "Use one of the methods that the Allow header lists. A delivery is a POST.",
    receiver: "Nothing; browsers and scanners get it often.",
  },

  idempotency_key_reused: {
    when: "The Idempotency-Key was used in the last 24 hours for the same account, mode, method and path, with another body.",
    sender: "Use a new key for a new request. Send exactly the same bytes when you repeat an old one.",
    receiver: "Nothing; the request has changed nothing.",
  },
  idempotency_key_in_progress: {
    when: "The first request with this Idempotency-Key is still running.",
    sender: "Wait for its answer, then send yours again if you need it.",
    receiver:
      "Nothing. Here every request is one transaction, so the second gets the stored answer, and this code never occurs.",
  },
  support_session_closed: { when: "The support session has ended.", sender: "Open a new session." },

  unsupported_media_type: {
    when: "The Content-Type is not application/json or application/*+json in UTF-8, or the body is encoded (gzip, br, …).",
    sender: "Send plain JSON in UTF-8 with Content-Type: application/json and without Content-Encoding.",
    receiver:
      "If a proxy in front of you compresses bodies or changes their type, turn that off: the signature covers the plain bytes.",
  },

  form_required: { when: "A form was sent without the key that says which form it is.", sender: "Send the form key." },
  consent_required: {
    when: "The form needs a consent, and it was not given.",
    sender: "Ask for the consent, and send it with the form.",
  },
  invalid_email: { when: "The e-mail address is not valid.", sender: "Check the address." },
  payload_too_large: { when: "The fields object of a form is over its limit.", sender: "Send less in fields." },
  invalid_dept: {
    when: "The form names a department that does not exist.",
    sender: "Use one of the departments that the documentation of the form lists.",
  },
  invalid_value_type: {
    when: "A field is missing, has the wrong type or is over its length. For a delivery: a field of the event is invalid, the event has a mode that this receiver does not accept (param is livemode), or its payload does not fit the receiver's schema. Only the first such field is reported.",
    sender: "Correct the field that param names. The same body will be refused again.",
    receiver:
      "If param is livemode, a test event reached a live receiver, or a live event a test receiver: check WEBHOOK_LIVEMODE. If it is a field of data.object, your schema may require more than the sender promises.",
    param: "data.object.amount",
  },
  webhook_endpoint_url_invalid: {
    when: "The URL of an endpoint is not HTTPS on the public internet: another scheme or port, a private or reserved address, a name that is not public, a user name, a fragment, or characters that a URL parser would have to repair. The message of the answer names the rule.",
    sender: "Register an https URL with a public name, on port 443 or 8443.",
    receiver:
      "If the top-level domain of the name is newer than the list of this version, add it to ENDPOINT_EXTRA_TLDS.",
    param: "url",
  },
  webhook_endpoint_limit: {
    when: `The account has ${MAX_ENDPOINTS} endpoints in this mode, including disabled ones.`,
    sender: "Delete one that is no longer needed, or add event types to an existing one.",
    receiver: "Nothing: the limit is the same for every account.",
  },
  webhook_event_unknown: {
    when: "An endpoint lists an event type or a family that is not known here, or a delivery has an unknown type and the receiver is configured to reject it.",
    sender: "Check the spelling of the entry that param names; a family is written payment.*.",
    receiver:
      "Add the type to WEBHOOK_EVENT_TYPES or write a handler for it. A sender tries a refused delivery again for 72 hours and may disable the endpoint: WEBHOOK_UNKNOWN_EVENTS = ignore is the safer policy.",
    param: "enabled_events[0]",
  },
  mcp_invalid_params: {
    when: "The parameters of an MCP call do not fit the method.",
    sender: "Check the parameters against the schema of the method.",
  },
  support_message_too_long: {
    when: "A support message is over its length.",
    sender: "Send a shorter message, or several.",
  },
  request_body_too_large: {
    when: `The body is larger than this route accepts: ${DEFAULT_MAX_BODY_BYTES / 1_048_576} MiB for a delivery unless configured, ${MAX_PARTNER_BODY_BYTES / 1024} KiB for the registry. If the announced length is over the limit, the body is not read.`,
    sender: "Send less. The same body will be refused again.",
    receiver: "If genuine events are that large, raise WEBHOOK_MAX_BODY_BYTES.",
  },

  rate_limited: {
    when: `The account has used up its requests: ${RATE_PER_SECOND} a second, after a burst of ${RATE_BURST}, for each mode.`,
    sender:
      "Wait for the seconds in Retry-After. With RateLimit-Remaining and RateLimit-Reset you can slow down earlier.",
    receiver: "Nothing. Other accounts are not affected.",
  },
  server_error: {
    when: "An unexpected error. For a delivery: the event was not acknowledged, and can be sent again.",
    sender: "Send it again, with a longer delay each time.",
    receiver: "Search the log for the request_id: the line has the error.",
  },
  temporarily_unavailable: {
    when: "The request cannot be handled now: the store is unreachable or short of space, too many bodies are arriving at once, or the configuration is invalid.",
    sender: "Send it again after the seconds in Retry-After.",
    receiver:
      "GET /healthz says which surface is affected. The log names every problem of an invalid configuration, without values.",
  },
}
