import type { GenericSchema, InferOutput } from "valibot"
import type { ErrorCode } from "../errors/catalogue.ts"

/** What an operator asks for. */
export interface Asked<Query, Body> {
  /** What stands in the path, by the names of its parameters: whatever was sent. */
  readonly names: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
}

/** What becomes of it: something to show, nothing, or a code and the field that failed. */
export type OperatorAnswer =
  | { readonly status: 200 | 201; readonly body: object }
  | { readonly status: 204 }
  /** `problem` is for the log: no part of a body, a note or a secret has a place in it. */
  | { readonly code: ErrorCode; readonly param?: string; readonly problem?: string }

/** One thing that an operator can ask for. */
export interface Operation<Query extends GenericSchema = GenericSchema, Body extends GenericSchema = GenericSchema> {
  readonly method: "GET" | "POST" | "DELETE"
  /** With the names of its parameters, as `/inbox/events/:source/:event_id`. */
  readonly path: string
  /** Absent: none is taken. */
  readonly query?: Query
  /** Absent: whatever comes is left unread. */
  readonly body?: {
    readonly schema: Body
    /** No body at all is `{}`. */
    readonly optional: boolean
    /** The fields that the log may have. */
    readonly logged: readonly string[]
  }
  run(asked: Asked<InferOutput<Query>, InferOutput<Body>>): Promise<OperatorAnswer>
}

/** An operation whose `run` is held to its own schemas, as one of a list. */
export const operation = <Query extends GenericSchema, Body extends GenericSchema>(
  one: Operation<Query, Body>,
): Operation => one
