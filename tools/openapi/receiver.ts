import * as v from "valibot"
import { MAX_API_VERSION_CHARS } from "../../src/events/envelope.ts"
import { MAX_SIGNATURE_HEADER_CHARS } from "../../src/providers/signature-list.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import type { DescribedOperation, NamedSchema } from "./operation.ts"

const Type = v.picklist(["authentication_error", "invalid_request_error", "rate_limit_error", "api_error"])

const summary = { code: v.string(), status: v.number(), type: Type, meaning: v.string() }

const PAGE = {
  html: true,
  headers: ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"],
} as const

/** The reference of the codes, whatever surface is on. HTML for whoever accepts that first. */
const ERRORS: readonly DescribedOperation[] = [
  {
    id: "listErrors",
    method: "get",
    path: "/errors",
    tag: "about",
    allow: "GET, HEAD",
    summary: "All error codes",
    answers: [
      {
        status: 200,
        description: "Every code, Countersign's or not.",
        body: { name: "ErrorList", schema: v.object({ data: v.array(v.object(summary)) }) },
        ...PAGE,
      },
    ],
    errors: ["method_not_allowed"],
  },
  {
    id: "showError",
    method: "get",
    path: "/errors/{code}",
    tag: "about",
    allow: "GET, HEAD",
    summary: "All there is to know of one error code",
    parameters: [
      { name: "code", in: "path", required: true, description: "As `invalid_json`.", schema: { type: "string" } },
    ],
    answers: [
      {
        status: 200,
        description: "What it means, when it occurs, and what to do.",
        body: {
          name: "ErrorPage",
          schema: v.object({
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
        },
        ...PAGE,
      },
    ],
    errors: ["route_not_found", "method_not_allowed"],
  },
]

const State = v.picklist(["on", "off", "invalid"])

/** Spec 2.1, 2.6, 2.7; the receiver reads it field by field, because which one fails first is part of its contract. */
export const Event: NamedSchema = {
  name: "Event",
  schema: v.object({
    id: v.pipe(v.string(), v.regex(/^evt_[\w-]{1,124}$/)),
    type: v.pipe(v.string(), v.regex(/^(?=.{3,128}$)[a-z0-9_]+(\.[a-z0-9_]+)+$/)),
    created: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)),
    livemode: v.boolean(),
    api_version: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_API_VERSION_CHARS)),
    data: v.object({
      object: v.record(v.string(), v.unknown()),
      previous: v.exactOptional(v.record(v.string(), v.unknown())),
    }),
  }),
}

/** Deliveries (spec 3), and what tells of the Worker itself. */
export const RECEIVER: readonly DescribedOperation[] = [
  {
    id: "deliverEvent",
    method: "post",
    path: `/webhooks/${credicorp.name}`,
    tag: "receiver",
    allow: "POST",
    summary: "Deliver an event",
    description:
      "Credicorp sends it. The signature is HMAC-SHA256 over the text of `t`, a dot, and the bytes of the body.",
    parameters: [
      {
        name: "Credicorp-Signature",
        in: "header",
        required: true,
        description: "`t=<unix seconds>,v1=<hex>[,v1=<hex>…]`",
        schema: { type: "string", maxLength: MAX_SIGNATURE_HEADER_CHARS },
      },
      {
        name: "Credicorp-Delivery",
        in: "header",
        required: false,
        description: "Names this delivery. Not signed: it is logged, and trusted for nothing.",
        schema: { type: "string" },
      },
    ],
    body: { ...Event, required: true },
    answers: [
      {
        status: 200,
        description: "The event is stored, was stored before, or is of a type that nobody wants.",
        body: {
          name: "Receipt",
          schema: v.object({
            received: v.literal(true),
            id: v.string(),
            status: v.picklist(["accepted", "duplicate", "ignored"]),
          }),
        },
      },
    ],
    errors: [
      "route_not_found",
      "method_not_allowed",
      "missing_content_type",
      "unsupported_media_type",
      "webhook_signature_missing",
      "webhook_signature_invalid",
      "request_body_too_large",
      "invalid_json",
      "invalid_value_type",
      "webhook_event_unknown",
      "temporarily_unavailable",
    ],
  },
  {
    id: "showHealth",
    method: "get",
    path: "/healthz",
    tag: "about",
    allow: "GET, HEAD",
    summary: "Whether the receiver can take events",
    answers: [
      {
        status: 200,
        description: "It can.",
        body: {
          name: "Health",
          schema: v.object({
            status: v.literal("ok"),
            surfaces: v.object({ receiver: State, inbox: State, partner: State, operator: State }),
          }),
        },
      },
    ],
    errors: ["method_not_allowed", "temporarily_unavailable"],
  },
  {
    id: "showOpenApi",
    method: "get",
    path: "/openapi.json",
    tag: "about",
    allow: "GET, HEAD",
    summary: "This document",
    answers: [
      {
        status: 200,
        description: "OpenAPI 3.1.",
        body: { name: "OpenApi", schema: v.object({ openapi: v.literal("3.1.0") }) },
      },
    ],
    errors: ["method_not_allowed"],
  },
  ...ERRORS,
]
