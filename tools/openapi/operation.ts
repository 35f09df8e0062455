import type { GenericSchema } from "valibot"
import type { ErrorCode } from "../../src/errors/catalogue.ts"

/** A JSON Schema, of the dialect of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** What is said of a field beyond its schema: a description, or a rule that is checked behind the schema. */
export type Notes = Readonly<Record<string, JsonSchema>>

/** A schema that validates, under a name of its own in the document. */
export interface NamedSchema {
  readonly name: string
  readonly schema: GenericSchema
  readonly notes?: Notes
}

export interface Parameter {
  readonly name: string
  readonly in: "path" | "header"
  readonly required: boolean
  readonly description: string
  readonly schema: JsonSchema
}

/** A group of operations. */
export type Tag = "receiver" | "endpoints" | "accounts" | "inbox" | "about"

/** One operation of a room, as the document tells of it. Each room has a file with a list of them. */
export interface DescribedOperation {
  readonly id: string
  readonly method: "get" | "post" | "patch" | "delete"
  /** With its parameters in braces. */
  readonly path: string
  readonly tag: Tag
  readonly summary: string
  readonly description?: string
  /** Whose bearer credential it takes; a partner's has the scope. */
  readonly bearer?: { readonly scheme: "partner"; readonly scope: string } | { readonly scheme: "operator" }
  readonly parameters?: readonly Parameter[]
  readonly query?: { readonly schema: GenericSchema; readonly notes: Notes }
  readonly body?: NamedSchema & { readonly required: boolean }
  /** Its 2xx answers. */
  readonly answers: readonly {
    readonly status: 200 | 201 | 204
    readonly description: string
    readonly body?: NamedSchema
    /** The same as a page, for whoever accepts HTML first. */
    readonly html?: true
    /** Names of `HEADERS`. */
    readonly headers?: readonly string[]
  }[]
  /** Every code that it answers with, those of its path among them. */
  readonly errors: readonly ErrorCode[]
  /** What its path takes: the `Allow` of a 405. */
  readonly allow: string
}
