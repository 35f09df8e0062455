import * as v from "valibot"
import { ACCOUNT_OPERATIONS } from "../../endpoints/account-operations.ts"
import { PARTNER_OPERATIONS } from "../../endpoints/operations.ts"
import { checkEnvelope } from "../../events/envelope.ts"
import { EVENT_FIELDS, type EventField } from "../../events/event.ts"
import { described, named } from "../../http/fields.ts"
import type { AnswerDeclaration, Declaration } from "../../http/operation.ts"
import { INBOX_OPERATIONS } from "../../inbox/operations.ts"
import { credicorp } from "../../providers/credicorp.ts"
import { MAX_SIGNATURE_HEADER_CHARS } from "../../providers/signature-header.ts"

// The operations of the app itself, declared like those of the rooms; and the list of all operations.

type JsonSchema = Record<string, unknown>

const toFieldSchema = ({ type, pattern, minLength, maxLength, format }: EventField): JsonSchema => ({
  type,
  pattern: pattern?.source,
  minLength,
  maxLength,
  format,
})

/** Puts the fields of `EVENT_FIELDS` together: `data.object` is a property of `data`. */
function toEventSchema(): JsonSchema {
  const root: { required: string[]; properties: Record<string, JsonSchema> } = { required: [], properties: {} }
  for (const [path, field] of Object.entries<EventField>(EVENT_FIELDS)) {
    const [name, inner] = path.split(".") as [string, string?]
    const parent = (inner === undefined ? root : root.properties[name]) as Partial<typeof root>
    if (!field.optional) parent.required = [...(parent.required ?? []), inner ?? name]
    parent.properties = { ...parent.properties, [inner ?? name]: toFieldSchema(field) }
  }
  return { type: "object", ...root }
}

const Event = named(
  "Event",
  v.pipe(
    v.custom((value) => checkEnvelope(value).ok),
    v.metadata(toEventSchema()),
  ),
)

const EXAMPLE_EVENT = {
  id: "evt_5hKqVn2Rw8",
  type: "decision.completed",
  created: "2026-09-21T14:13:20Z",
  livemode: false,
  api_version: "2026-07-01",
  data: {
    object: {
      id: "dec_1",
      enquiry_id: "enq_1",
      outcome: "approved",
      amount: 1200,
      currency: "GBP",
      term_months: 12,
    },
  },
}

const DELIVER: Declaration = {
  name: "receiver.deliver",
  method: "POST",
  path: `/webhooks/${credicorp.name}`,
  summary: "Deliver an event",
  description:
    "Credicorp sends it. The signature is HMAC-SHA256 over the text of `t`, a dot, and the bytes of the body. Each further source of `handlers.ts` has a path of its own, `/webhooks/<source>`, and takes what its provider sends.",
  headers: v.object({
    "Credicorp-Signature": described(v.string(), "`t=<unix seconds>,v1=<hex>[,v1=<hex>…]`", {
      maxLength: MAX_SIGNATURE_HEADER_CHARS,
    }),
    "Credicorp-Delivery": v.optional(
      described(v.string(), "Names this delivery. It is not signed, so it is logged and never trusted."),
    ),
  }),
  body: { schema: Event, optional: false, example: EXAMPLE_EVENT },
  answers: [
    {
      status: 200,
      description: "The event is stored, was stored before, or has a type that is not known.",
      schema: named(
        "Receipt",
        v.object({
          received: v.literal(true),
          id: v.string(),
          status: v.picklist(["accepted", "duplicate", "ignored"]),
        }),
      ),
      example: { received: true, id: EXAMPLE_EVENT.id, status: "accepted" },
    },
  ],
  errors: [
    "webhook_signature_missing",
    "webhook_signature_invalid",
    "webhook_event_unknown",
    "temporarily_unavailable",
  ],
}

const State = v.picklist(["on", "off", "invalid"])

const summary = {
  code: v.string(),
  status: v.number(),
  type: v.picklist(["authentication_error", "invalid_request_error", "rate_limit_error", "api_error"]),
  meaning: v.string(),
}

const PAGE: Partial<AnswerDeclaration> = {
  html: true,
  headers: ["Content-Security-Policy", "Referrer-Policy"],
}

/** The operations about the Worker itself, whichever surface is on. */
export const ABOUT_OPERATIONS = [
  {
    name: "about.index",
    method: "GET",
    path: "/",
    summary: "Show what this Worker is and where to look",
    answers: [
      {
        status: 200,
        description: "Its name and links.",
        schema: named(
          "Index",
          v.object({ name: v.string(), description: v.string(), links: v.record(v.string(), v.string()) }),
        ),
        ...PAGE,
      },
    ],
    errors: [],
  },
  {
    name: "about.health",
    method: "GET",
    path: "/healthz",
    summary: "Show whether the receiver can store events",
    description: "Asks the inbox; an isolate keeps the answer for five seconds.",
    answers: [
      {
        status: 200,
        description: "It can.",
        schema: named(
          "Health",
          v.object({
            status: v.literal("ok"),
            surfaces: v.object({ receiver: State, inbox: State, endpoints: State, operator: State }),
            sources: described(
              v.record(v.string(), State),
              "Each source by its name: one that is invalid answers 503.",
            ),
            store: described(v.literal("ok"), "Whether the inbox can store a delivery."),
            storage: described(
              v.nullable(v.object({ bytes: v.number(), intake_bytes: v.number(), max_bytes: v.number() })),
              "Of the first shard: deliveries are refused from `intake_bytes` on. Null before the first delivery.",
            ),
          }),
        ),
        example: {
          status: "ok",
          surfaces: { receiver: "on", inbox: "on", endpoints: "off", operator: "off" },
          sources: { credicorp: "on", stripe: "on" },
          store: "ok",
          storage: { bytes: 15_466_496, intake_bytes: 5_000_000_000, max_bytes: 10_000_000_000 },
        },
      },
    ],
    errors: ["temporarily_unavailable"],
  },
  {
    name: "about.openapi",
    method: "GET",
    path: "/openapi.json",
    summary: "Show this document",
    answers: [
      {
        status: 200,
        description: "OpenAPI 3.1.",
        schema: named("OpenApi", v.object({ openapi: v.literal("3.1.0") })),
      },
    ],
    errors: [],
  },
  {
    name: "about.errors",
    method: "GET",
    path: "/errors",
    summary: "List all error codes",
    answers: [
      {
        status: 200,
        description: "Every code, whether this Worker answers with it or not.",
        schema: named("ErrorList", v.object({ data: v.array(v.object(summary)) })),
        ...PAGE,
      },
    ],
    errors: [],
  },
  {
    name: "about.error",
    method: "GET",
    path: "/errors/:code",
    summary: "Explain one error code",
    params: v.object({ code: described(v.string(), "As `invalid_json`.") }),
    answers: [
      {
        status: 200,
        description: "What it means, when it occurs, and what to do.",
        schema: named(
          "ErrorPage",
          v.object({
            ...summary,
            when: v.string(),
            emitted_by: v.array(v.string()),
            retry: v.boolean(),
            sender: v.string(),
            receiver: v.string(),
            example: v.object({
              status: v.number(),
              headers: v.record(v.string(), v.string()),
              body: v.record(v.string(), v.unknown()),
            }),
          }),
        ),
        ...PAGE,
      },
    ],
    errors: ["route_not_found"],
  },
] as const satisfies readonly Declaration[]

/** Every operation of the Worker. */
export const OPERATIONS: readonly Declaration[] = [
  DELIVER,
  ...PARTNER_OPERATIONS,
  ...ACCOUNT_OPERATIONS,
  ...INBOX_OPERATIONS,
  ...ABOUT_OPERATIONS,
]
