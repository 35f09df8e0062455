import * as v from "valibot"
import { ok, type Result } from "../core/result.ts"
import { checkFields, described, named } from "../http/fields.ts"
import type { AnswerDeclaration, Declaration } from "../http/operation.ts"
import { pageOf } from "../http/paging.ts"
import type { Command, Failure } from "./account.ts"
import type { Scope } from "./auth/principal.ts"
import { checkRules, type EndpointRules } from "./check-rules.ts"
import type { EndpointView } from "./endpoint.ts"
import { EndpointPatch, NewEndpoint, Page, Rotation } from "./fields.ts"

export const PARTNER_PATH = "/partner/v1/webhook_endpoints"

/** The input from which an operation makes its command. */
export interface OperationInput {
  readonly id: string
  /** The parsed body; an absent one is `{}`. */
  readonly body: unknown
  readonly query: Readonly<Record<string, unknown>>
  readonly rules: EndpointRules
}

/** An operation on endpoints. Its command runs in the account's object. */
export interface PartnerOperation extends Declaration {
  readonly bearer: { readonly scheme: "partner"; readonly scope: Scope }
  toCommand(input: OperationInput): Result<Command, Failure>
}

const READ = { scheme: "partner", scope: "webhooks:read" } as const
const WRITE = { scheme: "partner", scope: "webhooks:write" } as const

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
  previous_secret_expires: described(
    v.nullable(v.pipe(v.string(), v.isoTimestamp())),
    "Until when the secret before the newest is valid; null if there is none.",
  ),
}

/** An endpoint as it is shown (spec 5.2). */
export const EndpointBody = named("Endpoint", v.object(view)) satisfies v.GenericSchema<unknown, EndpointView>

const EndpointWithSecret = named(
  "EndpointWithSecret",
  v.object({
    ...view,
    secret: v.exactOptional(
      described(
        v.string(),
        "Signs the deliveries. Shown here and in a replay of this answer, and never again. A replay leaves it out after it has ended.",
      ),
    ),
  }),
) satisfies v.GenericSchema<unknown, EndpointView>

const FIELDS = { url: "https://example.com/hooks", enabled_events: ["payment.*"], description: "ledger" }

export const EXAMPLE_ENDPOINT: EndpointView = {
  id: "whend_0uP3mD8sKq1vT6xZyB4nR7cW",
  ...FIELDS,
  status: "enabled",
  created: "2026-09-21T14:13:20.000Z",
  api_version: null,
  metadata: {},
  livemode: false,
  previous_secret_expires: null,
}

const EXAMPLE_WITH_SECRET = { ...EXAMPLE_ENDPOINT, secret: "whsec_EXAMPLE" }

const OneParams = v.object({ id: described(v.string(), "The endpoint, as `whend_…`.") })

const IdempotencyHeaders = v.object({
  "Idempotency-Key": v.optional(
    described(v.string(), "Makes it safe to send this request again for 24 hours.", { pattern: "^[\\w-]{1,255}$" }),
  ),
})

const shown = (description: string, answer: Partial<AnswerDeclaration> = {}): readonly AnswerDeclaration[] => [
  { status: 200, description, schema: EndpointBody, example: EXAMPLE_ENDPOINT, ...answer },
]

const WITH_SECRET = { schema: EndpointWithSecret, example: EXAMPLE_WITH_SECRET }

/** The operations on endpoints (spec 5.1, 5.7). */
export const PARTNER_OPERATIONS: readonly PartnerOperation[] = [
  {
    name: "endpoints.create",
    method: "POST",
    path: PARTNER_PATH,
    summary: "Create an endpoint",
    bearer: WRITE,
    headers: IdempotencyHeaders,
    body: { schema: NewEndpoint, optional: false, example: FIELDS },
    answers: shown("The endpoint, with its secret.", {
      ...WITH_SECRET,
      status: 201,
      headers: ["Location", "Idempotency-Replayed"],
    }),
    errors: ["webhook_endpoint_url_invalid", "webhook_event_unknown", "webhook_endpoint_limit"],
    toCommand({ body, rules }) {
      const fields = checkFields(NewEndpoint, body)
      const ruled = fields.ok ? checkRules(fields.value, rules) : fields
      if (!ruled.ok) return ruled
      const { url, enabled_events, description = null, api_version = null, metadata = {} } = ruled.value
      return ok({ kind: "create", fields: { url, enabled_events, description, api_version, metadata } })
    },
  },
  {
    name: "endpoints.list",
    method: "GET",
    path: PARTNER_PATH,
    summary: "List the endpoints of an account and mode, newest first",
    bearer: READ,
    query: Page,
    answers: [
      {
        status: 200,
        description: "A page.",
        schema: pageOf("EndpointPage", EndpointBody),
        example: { data: [EXAMPLE_ENDPOINT], next_cursor: null },
      },
    ],
    errors: [],
    toCommand({ query }) {
      const page = checkFields(Page, query)
      return page.ok ? ok({ kind: "list", limit: page.value.limit, cursor: page.value.cursor }) : page
    },
  },
  {
    name: "endpoints.show",
    method: "GET",
    path: `${PARTNER_PATH}/:id`,
    summary: "Show an endpoint",
    bearer: READ,
    params: OneParams,
    answers: shown("The endpoint."),
    errors: ["resource_not_found"],
    toCommand: ({ id }) => ok({ kind: "show", id }),
  },
  {
    name: "endpoints.update",
    method: "PATCH",
    path: `${PARTNER_PATH}/:id`,
    summary: "Change an endpoint",
    description: "A field that is left out stays as it is. `metadata` is replaced whole.",
    bearer: WRITE,
    params: OneParams,
    headers: IdempotencyHeaders,
    body: { schema: EndpointPatch, optional: false, example: { enabled_events: ["*"], status: "disabled" } },
    answers: shown("The endpoint as it is now.", { headers: ["Idempotency-Replayed"] }),
    errors: ["webhook_endpoint_url_invalid", "webhook_event_unknown", "resource_not_found"],
    toCommand({ id, body, rules }) {
      const fields = checkFields(EndpointPatch, body)
      const ruled = fields.ok ? checkRules(fields.value, rules) : fields
      return ruled.ok ? ok({ kind: "update", id, patch: ruled.value }) : ruled
    },
  },
  {
    name: "endpoints.delete",
    method: "DELETE",
    path: `${PARTNER_PATH}/:id`,
    summary: "Delete an endpoint",
    bearer: WRITE,
    params: OneParams,
    answers: [{ status: 204, description: "The endpoint is gone." }],
    errors: ["resource_not_found"],
    toCommand: ({ id }) => ok({ kind: "delete", id }),
  },
  {
    name: "endpoints.rotate",
    method: "POST",
    path: `${PARTNER_PATH}/:id/rotate_secret`,
    summary: "Give an endpoint a new secret",
    bearer: WRITE,
    params: OneParams,
    headers: IdempotencyHeaders,
    body: { schema: Rotation, optional: true, example: { overlap_seconds: 3_600 } },
    answers: shown("The endpoint, with its new secret.", { ...WITH_SECRET, headers: ["Idempotency-Replayed"] }),
    errors: ["resource_not_found"],
    toCommand({ id, body }) {
      const rotation = checkFields(Rotation, body)
      return rotation.ok ? ok({ kind: "rotate", id, overlapSeconds: rotation.value.overlap_seconds }) : rotation
    },
  },
]
