import { assertOption } from "../core/assert.ts"
import { MAX_PARAM_CHARS, refuse, type Refusal } from "../errors/webhook-error.ts"
import { ok, type Result } from "../core/result.ts"
import { isEventType } from "./envelope.ts"
import type { ProviderEvent } from "../providers/provider.ts"
import type { EventPayloads, OtherEvent, PayloadOf, WebhookEvent } from "./event.ts"

/**
 * The interface of a schema by the Standard Schema convention, which valibot, zod, arktype and other libraries implement
 * (https://standardschema.dev, version 1).
 */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Event type → schema of its payload, `data.object`. Schemas must be synchronous. */
export type EventSchemas = Readonly<Record<string, StandardSchema>>

/** The payload of a type: the output of its schema, or without one the payload that is declared for the type. */
export type SchemaPayload<Schemas extends EventSchemas, Type extends string> = Type extends keyof Schemas
  ? Schemas[Type] extends StandardSchema<infer Output>
    ? Output
    : never
  : PayloadOf<Type>

/**
 * Any event that a verifier can return. Comparing `type` with a known type narrows the payload. Other types remain possible.
 */
export type AnyEvent<Schemas extends EventSchemas = Record<never, never>> =
  | EventOf<(keyof EventPayloads | keyof Schemas) & string, Schemas>
  | OtherEvent

/** One event type for each of `Type`, each with its own payload. */
export type EventOf<Type extends string, Schemas extends EventSchemas> = Type extends unknown
  ? WebhookEvent<Type, SchemaPayload<Schemas, Type>>
  : never

/**
 * @throws {TypeError} A key is not an event type. A schema under `payment.*` would never be used, and every payload would pass.
 */
export const checkSchemas = (schemas: EventSchemas, isType: (type: unknown) => boolean = isEventType): void =>
  assertOption(
    Object.keys(schemas).every((type) => isType(type) && !type.endsWith("*")),
    "events must be by type",
  )

/**
 * Validates an event's payload with the schema of its type, if there is one (spec 3.11). The returned event carries the output
 * of the schema.
 *
 * @throws {TypeError} The schema is asynchronous.
 */
export function checkPayload<Event extends WebhookEvent | ProviderEvent>(
  event: Event,
  schemas: EventSchemas,
): Result<Event, Refusal> {
  if ("payload" in event) {
    const { type = "", payload } = event
    const checked = validatePayload(payload, { schemas, type, path: "payload" })
    return checked.ok ? ok({ ...event, payload: checked.value }) : checked
  }
  const { type, data } = event
  const payload = validatePayload(data.object, { schemas, type, path: "data.object" })
  if (!payload.ok) return payload
  return payload.value === data.object
    ? ok(event)
    : ok({ ...event, data: { ...data, object: payload.value as Record<string, unknown> } })
}

/** Which schema validates a payload, and where the payload is in the event. */
export interface PayloadRule {
  readonly schemas: EventSchemas
  readonly type: string
  readonly path: string
}

/**
 * Validates a payload with the schema of its type. Without a schema the payload passes unchanged.
 *
 * @throws {TypeError} The schema is asynchronous.
 */
export function validatePayload(payload: unknown, { schemas, type, path }: PayloadRule): Result<unknown, Refusal> {
  const schema = Object.hasOwn(schemas, type) ? schemas[type] : undefined
  if (!schema) return ok(payload)
  const result = schema["~standard"].validate(payload)
  assertOption(!("then" in result), "events must be sync schemas")
  if (!result.issues) return ok(result.value)
  // The path only: a schema's message may quote the value. A step is a key, or an object with one.
  const steps = result.issues[0]?.path ?? []
  const keys = steps.map((step) => String((step as { readonly key?: PropertyKey }).key ?? (step as PropertyKey)))
  return refuse("invalid_value_type", 422, { param: [path, ...keys].join(".").slice(0, MAX_PARAM_CHARS) })
}
