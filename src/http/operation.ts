import type { GenericSchema } from "valibot"
import type { ErrorCode } from "../errors/catalogue.ts"

/** Which bearer credential an operation takes; a partner's must have the scope. */
export type Bearer = { readonly scheme: "operator" } | { readonly scheme: "partner"; readonly scope: string }

/** A 2xx answer of an operation. */
export interface AnswerDeclaration {
  readonly status: 200 | 201 | 204
  readonly description: string
  /** Absent: the answer has no body. */
  readonly schema?: GenericSchema
  /** A body that `schema` takes, as the documentation shows it. */
  readonly example?: object
  /** Names of further response headers that the documentation lists. */
  readonly headers?: readonly string[]
  /** Also served as a page to clients that prefer HTML. */
  readonly html?: true
}

/**
 * One operation of the HTTP API, declared once. The route, the OpenAPI document, docs/api.md and the command line are made
 * from it. Each field of a schema carries its description (`described`).
 */
export interface Declaration {
  /** `group.verb`, as `inbox.list`: names the operation in the log, the documents and the command line. */
  readonly name: `${string}.${string}`
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  /** With its parameters after colons, as `/inbox/events/:source/:event_id`. */
  readonly path: string
  /** One line without a full stop. */
  readonly summary: string
  readonly description?: string
  /** Absent: no credential is needed. */
  readonly bearer?: Bearer
  /** The parameters of `path`, all text. Documentation only: `run` decides whether they name something. */
  readonly params?: GenericSchema
  /** Request headers. Documentation only. */
  readonly headers?: GenericSchema
  /** Absent: the operation takes no query. */
  readonly query?: GenericSchema
  /** Absent: a body is not read. */
  readonly body?: {
    readonly schema: GenericSchema
    /** A request without a body counts as `{}`. */
    readonly optional: boolean
    readonly example: object
  }
  readonly answers: readonly AnswerDeclaration[]
  /** Codes of its own. Those that follow from its path, credential, query and body are added by `errorsOf`. */
  readonly errors: readonly ErrorCode[]
}

/** Returns the part of a name before the dot. */
export const groupOf = ({ name }: Pick<Declaration, "name">): string => name.slice(0, name.indexOf("."))

const METHODS = ["GET", "POST", "PATCH", "DELETE"]

/** Lists the methods that a path takes, for the `Allow` header, in one order everywhere: `GET` brings `HEAD`. */
export const allowOf = (operations: readonly Pick<Declaration, "method" | "path">[], path: string): string =>
  operations
    .filter((operation) => operation.path === path)
    .toSorted((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method))
    .flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    .join(", ")
