import * as v from "valibot"
import { MAX_ENABLED_EVENTS } from "../../src/endpoints/rules/events.ts"
import { MAX_ENDPOINT_URL_CHARS } from "../../src/endpoints/rules/url.ts"
import {
  MAX_METADATA_KEY_CHARS,
  MAX_METADATA_PAIRS,
  MAX_METADATA_VALUE_CHARS,
  EndpointPatch,
  NewEndpoint,
  Page,
  Rotation,
} from "../../src/endpoints/fields.ts"
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../../src/http/paging.ts"
import type { EndpointView } from "../../src/endpoints/endpoint.ts"
import { PARTNER_PATH } from "../../src/endpoints/route.ts"
import type { ErrorCode } from "../../src/errors/catalogue.ts"
import type { DescribedOperation, NamedSchema, Notes, Parameter } from "./operation.ts"

const view = {
  id: v.string(),
  url: v.string(),
  enabled_events: v.array(v.string()),
  status: v.picklist(["enabled", "disabled"]),
  created: v.pipe(v.string(), v.isoTimestamp()),
  description: v.nullable(v.string()),
  api_version: v.nullable(v.string()),
  metadata: v.record(v.string(), v.string()),
  livemode: v.boolean(),
}

export const Endpoint: NamedSchema = {
  name: "Endpoint",
  schema: v.object(view) satisfies v.GenericSchema<unknown, EndpointView>,
}

const WithSecret: NamedSchema = {
  name: "EndpointWithSecret",
  schema: v.object({ ...view, secret: v.exactOptional(v.string()) }) satisfies v.GenericSchema<unknown, EndpointView>,
  notes: {
    secret: {
      description:
        "Signs the deliveries. Shown here and in a replay of this answer, and never again; a replay leaves it out once it is gone.",
    },
  },
}

/** What is checked of a field behind its schema (spec 5.4, 5.5, 5.8). */
const FIELDS: Notes = {
  url: {
    format: "uri",
    maxLength: MAX_ENDPOINT_URL_CHARS,
    description: "HTTPS on the public internet, port 443 or 8443.",
  },
  enabled_events: {
    minItems: 1,
    maxItems: MAX_ENABLED_EVENTS,
    uniqueItems: true,
    description: "Exact event types, families as `payment.*`, or `*` alone.",
  },
  api_version: { format: "date" },
  metadata: {
    type: "object",
    maxProperties: MAX_METADATA_PAIRS,
    propertyNames: { minLength: 1, maxLength: MAX_METADATA_KEY_CHARS },
    additionalProperties: { type: "string", maxLength: MAX_METADATA_VALUE_CHARS },
  },
}

/** The query of every list. */
export const PAGE_NOTES: Notes = {
  limit: {
    type: "integer",
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
    default: DEFAULT_PAGE_SIZE,
    description: "How many at most.",
  },
  cursor: { description: "`next_cursor` of the page before. Opaque." },
}

const ID: Parameter = {
  name: "id",
  in: "path",
  required: true,
  description: "The endpoint, as `whend_…`.",
  schema: { type: "string" },
}

const IDEMPOTENCY: Parameter = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "Makes it safe to send this request again for 24 hours.",
  schema: { type: "string", pattern: "^[\\w-]{1,255}$" },
}

/** On every answer to a known account. */
export const RATE_HEADERS = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]

/** What every request of the plane can meet, in the order of the checks. */
const EVERY: readonly ErrorCode[] = [
  "route_not_found",
  "method_not_allowed",
  "missing_api_key",
  "invalid_api_key",
  "token_expired",
  "audience_mismatch",
  "token_revoked",
  "account_suspended",
  "rate_limited",
  "insufficient_scope",
  "scope_not_granted",
  "temporarily_unavailable",
]

/** What every request with a body can meet. */
const BODY: readonly ErrorCode[] = [
  "missing_content_type",
  "unsupported_media_type",
  "request_body_too_large",
  "idempotency_key_malformed",
  "idempotency_key_reused",
  "invalid_json",
  "unknown_field",
  "invalid_value_type",
]

const RULES: readonly ErrorCode[] = ["webhook_endpoint_url_invalid", "webhook_event_unknown"]

const COLLECTION = { path: PARTNER_PATH, tag: "endpoints", allow: "GET, HEAD, POST" } as const
const ONE = { path: `${PARTNER_PATH}/{id}`, tag: "endpoints", allow: "GET, HEAD, PATCH, DELETE" } as const
const READ = { scheme: "partner", scope: "webhooks:read" } as const
const WRITE = { scheme: "partner", scope: "webhooks:write" } as const

/** The registry of endpoints (spec 5). */
export const PARTNER: readonly DescribedOperation[] = [
  {
    ...COLLECTION,
    id: "createEndpoint",
    method: "post",
    summary: "Create an endpoint",
    bearer: WRITE,
    parameters: [IDEMPOTENCY],
    body: { name: "NewEndpoint", schema: NewEndpoint, notes: FIELDS, required: true },
    answers: [
      {
        status: 201,
        description: "The endpoint, with its secret.",
        body: WithSecret,
        headers: ["Location", "Idempotency-Replayed", ...RATE_HEADERS],
      },
    ],
    errors: [...EVERY, ...BODY, ...RULES, "webhook_endpoint_limit"],
  },
  {
    ...COLLECTION,
    id: "listEndpoints",
    method: "get",
    summary: "List the endpoints of an account and mode, the newest first",
    bearer: READ,
    query: { schema: Page, notes: PAGE_NOTES },
    answers: [
      {
        status: 200,
        description: "A page.",
        body: {
          name: "EndpointPage",
          schema: v.object({ data: v.array(Endpoint.schema), next_cursor: v.nullable(v.string()) }),
        },
        headers: RATE_HEADERS,
      },
    ],
    errors: [...EVERY, "invalid_value_type"],
  },
  {
    ...ONE,
    id: "showEndpoint",
    method: "get",
    summary: "Show an endpoint",
    bearer: READ,
    parameters: [ID],
    answers: [{ status: 200, description: "The endpoint.", body: Endpoint, headers: RATE_HEADERS }],
    errors: [...EVERY, "resource_not_found"],
  },
  {
    ...ONE,
    id: "updateEndpoint",
    method: "patch",
    summary: "Change an endpoint",
    description: "What is left out stays as it is. `metadata` is replaced whole.",
    bearer: WRITE,
    parameters: [ID, IDEMPOTENCY],
    body: { name: "EndpointPatch", schema: EndpointPatch, notes: FIELDS, required: true },
    answers: [
      {
        status: 200,
        description: "The endpoint as it is now.",
        body: Endpoint,
        headers: ["Idempotency-Replayed", ...RATE_HEADERS],
      },
    ],
    errors: [...EVERY, ...BODY, ...RULES, "resource_not_found"],
  },
  {
    ...ONE,
    id: "deleteEndpoint",
    method: "delete",
    summary: "Delete an endpoint",
    bearer: WRITE,
    parameters: [ID],
    answers: [{ status: 204, description: "It is gone.", headers: RATE_HEADERS }],
    errors: [...EVERY, "resource_not_found"],
  },
  {
    path: `${PARTNER_PATH}/{id}/rotate_secret`,
    tag: "endpoints",
    allow: "POST",
    id: "rotateSecret",
    method: "post",
    summary: "Give an endpoint a new secret",
    bearer: WRITE,
    parameters: [ID, IDEMPOTENCY],
    body: {
      name: "Rotation",
      schema: Rotation,
      required: false,
      notes: {
        overlap_seconds: {
          description: "How long the old secret stays valid beside the new one; 0 ends a leaked one at once.",
        },
      },
    },
    answers: [
      {
        status: 200,
        description: "The endpoint, with its new secret.",
        body: WithSecret,
        headers: ["Idempotency-Replayed", ...RATE_HEADERS],
      },
    ],
    errors: [...EVERY, ...BODY, "resource_not_found"],
  },
]
