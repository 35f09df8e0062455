import { toJsonSchema } from "@valibot/to-json-schema"
import type { GenericSchema } from "valibot"
import type { Declaration } from "./operation.ts"

// Loaded only where a document is made or a command line is read, never with a request that works on data.

/** A JSON Schema, of the dialect of OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * Converts a schema that validates to JSON Schema of what may be sent. Checks that are code have no form there; `described`
 * states their rules.
 *
 * @param definitions Schemas to refer to by name instead of repeating them.
 */
export function toSchema(schema: GenericSchema, definitions: Readonly<Record<string, GenericSchema>> = {}): JsonSchema {
  const {
    $schema: _,
    $defs: __,
    ...json
  } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "input",
    errorMode: "ignore",
    ignoreActions: ["check", "raw_check", "safe_integer"],
    definitions,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  })
  return json
}

/** One argument of an operation, wherever it travels: what a command line or a form asks for. */
export interface Argument {
  readonly name: string
  readonly in: "path" | "header" | "query" | "body"
  readonly required: boolean
  readonly description: string
  /** Type, bounds, choices and default. */
  readonly schema: JsonSchema
}

/** Lists the arguments of an operation: path, headers, query, body. A body of several forms lists each field once. */
export const argumentsOf = ({ params, headers, query, body }: Declaration): readonly Argument[] => [
  ...fieldsOf("path", params),
  ...fieldsOf("header", headers),
  ...fieldsOf("query", query),
  ...fieldsOf("body", body?.schema),
]

function fieldsOf(place: Argument["in"], schema: GenericSchema | undefined): readonly Argument[] {
  const json = schema ? toSchema(schema) : {}
  const forms = (json["oneOf"] as readonly JsonSchema[] | undefined) ?? [json]
  const fields = new Map<string, Argument>()
  for (const { properties = {}, required = [] } of forms as readonly Form[]) {
    for (const [name, { description = "", ...rest }] of Object.entries(properties)) {
      const before = fields.get(name)
      fields.set(name, {
        name,
        in: place,
        required: forms.every((form) => (form as Form).required?.includes(name)) && required.includes(name),
        description: String(description),
        schema: before ? join(before.schema, rest) : withDefault(rest),
      })
    }
  }
  return [...fields.values()]
}

interface Form {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
}

/** A field that tells the forms apart has the choices of all of them. */
const join = (one: JsonSchema, other: JsonSchema): JsonSchema =>
  Array.isArray(one["enum"]) && Array.isArray(other["enum"])
    ? { ...one, enum: [...new Set([...one["enum"], ...other["enum"]] as unknown[])] }
    : one

/** A query spells a number as text, its default too. */
const withDefault = (schema: JsonSchema): JsonSchema =>
  schema["type"] === "integer" && typeof schema["default"] === "string"
    ? { ...schema, default: Number(schema["default"]) }
    : schema
