import type { GenericSchema, InferOutput } from "valibot"
import type { Declaration } from "../http/operation.ts"
import type { ErrorFacts } from "../http/response.ts"

/** An operator's request, checked against the operation's schemas. */
export interface OperatorInput<Query, Body> {
  /** The parameters of the path, as they were sent. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
}

/** The result of an operation: a body to show, nothing, or the error code to answer with and the field that failed. */
export type OperatorAnswer =
  | { readonly status: 200 | 201; readonly body: object }
  | { readonly status: 204 }
  /** `problem` is for the log; it never quotes a body, a note or a secret. */
  | (ErrorFacts & { readonly problem?: string })

/** An operation of the operator, over what a room works on (`Deps`). */
export interface Operation<
  Deps,
  Query extends GenericSchema = GenericSchema,
  Body extends GenericSchema = GenericSchema,
> extends Declaration {
  readonly query?: Query
  readonly body?: NonNullable<Declaration["body"]> & {
    readonly schema: Body
    /** The fields that the log may show. */
    readonly logged: readonly string[]
  }
  run(input: OperatorInput<InferOutput<Query>, InferOutput<Body>>, deps: Deps): Promise<OperatorAnswer>
}

const BEARER = { scheme: "operator" } as const

/** Returns a function that declares operations over `Deps`, and checks each `run` against the schemas beside it. */
export const operationsOver =
  <Deps>() =>
  <Query extends GenericSchema, Body extends GenericSchema>(
    operation: Omit<Operation<Deps, Query, Body>, "bearer">,
  ): Operation<Deps> => ({ ...operation, bearer: BEARER })
