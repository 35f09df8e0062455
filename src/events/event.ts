/**
 * Event type → payload (`data.object`), for the types whose payloads are public (spec 2.3). The list is not complete;
 * extend it with what you receive:
 *
 * ```ts
 * declare module "countersign" {
 *   interface EventPayloads {
 *     "card.blocked": { id: string; reason: string }
 *   }
 * }
 * ```
 */
export interface EventPayloads {
  "enquiry.created": { id: string; form: string; dept: string; status: string }
  "decision.completed": {
    id: string
    enquiry_id: string
    /** Seen: `approved`. Expect others. */
    outcome: "approved" | "declined" | (string & {})
    amount: number
    currency: string
    term_months: number
  }
  "application.submitted": Record<string, unknown>
  "application.funded": Record<string, unknown>
  "payment.settled": Record<string, unknown>
  "payment.succeeded": Record<string, unknown>
}

/** The payload of a type: what is declared for it, or an object of unknown content. */
export type PayloadOf<Type extends string> = Type extends keyof EventPayloads
  ? EventPayloads[Type]
  : Record<string, unknown>

/** What one field of an event must be, in the words of JSON Schema. */
export interface EventField {
  readonly type: "string" | "boolean" | "object"
  readonly pattern?: RegExp
  /** In characters. */
  readonly minLength?: number
  readonly maxLength?: number
  /** `date-time`: the time must also exist. */
  readonly format?: "date-time"
  readonly optional?: true
}

/**
 * The fields of an event (spec 2.1, 2.6, 2.7), in the order in which they are checked. The check of a delivery, the type
 * `WebhookEvent` and the OpenAPI document are made from this declaration.
 */
export const EVENT_FIELDS = {
  /** `evt_…`: the same in every delivery of the event. Be idempotent with it. */
  id: { type: "string", pattern: /^evt_[A-Za-z0-9_-]{1,124}$/ },
  /** Dotted lower-case words (spec 2.6). */
  type: { type: "string", pattern: /^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/, maxLength: 128 },
  /** RFC 3339, UTC. Events arrive in any order. */
  created: {
    type: "string",
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
    format: "date-time",
  },
  livemode: { type: "boolean" },
  api_version: { type: "string", minLength: 1, maxLength: 32 },
  data: { type: "object" },
  "data.object": { type: "object" },
  /** Only on `*.updated`: the fields that changed, with their prior values. */
  "data.previous": { type: "object", optional: true },
} as const satisfies Readonly<Record<string, EventField>>

type TypeOf<Field extends EventField> = { string: string; boolean: boolean; object: object }[Field["type"]]

/** The fields whose types follow from the declaration alone. */
type PlainFields = {
  readonly [Name in "id" | "created" | "livemode" | "api_version"]: TypeOf<(typeof EVENT_FIELDS)[Name]>
}

/** What happened, named by its id (spec 2.1). Fields that are not listed here may be there too (spec 2.2). */
export interface WebhookEvent<Type extends string = string, Payload = PayloadOf<Type>> extends PlainFields {
  readonly type: Type
  readonly data: {
    readonly object: Payload
    /** Only on `*.updated`: the fields that changed, with their prior values. */
    readonly previous?: Partial<Payload>
  }
}

declare const undeclared: unique symbol

/** The mark of a type that is not declared. It exists for the compiler only. */
export interface Undeclared {
  readonly [undeclared]: true
}

/**
 * An event of a type that is not declared. The mark keeps it apart from declared types when `type` is compared; to
 * compare with a type that is not declared, declare it in `EventPayloads`.
 */
export type OtherEvent = WebhookEvent<`${string}.${string}` & Undeclared, Readonly<Record<string, unknown>>>
