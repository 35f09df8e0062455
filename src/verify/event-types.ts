import type { Undeclared } from "../events/event.ts"
import type { AnyEvent, EventSchemas, SchemaPayload } from "../events/schema.ts"
import type { WebhookEvent } from "../events/event.ts"
import type { AnyProvider, Provider, ProviderEvent } from "../providers/provider.ts"

/** Any event of a provider, where some types have schemas: comparing `type` with one of those narrows the payload. */
export type AnyProviderEvent<Schemas extends EventSchemas = Record<never, never>> = [keyof Schemas] extends [never]
  ? ProviderEvent
  :
      | { [Type in keyof Schemas & string]: ProviderEvent<Type, SchemaPayload<Schemas, Type>> }[keyof Schemas & string]
      | ProviderEvent<string & Undeclared>

/** The events that come out of a verifier for a provider. */
export type EventFrom<From extends AnyProvider, Schemas extends EventSchemas> =
  From extends Provider<infer Event, infer _>
    ? Event extends WebhookEvent
      ? AnyEvent<Schemas>
      : AnyProviderEvent<Schemas>
    : never

/** Whether a provider signs the payload. */
export type AssuranceOf<From extends AnyProvider> = From["assurance"]
