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

/** What happened, named by its id (spec 2.1). Fields that are not listed here may be there too (spec 2.2). */
export interface WebhookEvent<Type extends string = string, Payload = PayloadOf<Type>> {
  /** `evt_…`: the same in every delivery of the event. Be idempotent with it. */
  readonly id: string
  readonly type: Type
  /** RFC 3339, UTC. Events arrive in any order. */
  readonly created: string
  readonly livemode: boolean
  readonly api_version: string
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
