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

/** One form of an operation: its arguments, without the field that tells it from the other forms. */
export interface Form {
  /** The field that tells the forms of the body apart, and its value in this one. Absent: the body has one form. */
  readonly choice?: readonly [field: string, value: string]
  readonly arguments: readonly Argument[]
}

/** Splits an operation by the field that tells the forms of its body apart: a command line has a command for each. */
export function formsOf(declaration: Declaration): readonly Form[] {
  const { params, headers, query, body } = declaration
  const forms = (body && (toSchema(body.schema)["oneOf"] as readonly ObjectSchema[] | undefined)) ?? []
  const field = Object.keys(forms[0]?.properties ?? {}).find((name) => forms.every((form) => choicesOf(form, name)))
  if (field === undefined) return [{ arguments: argumentsOf(declaration) }]
  const others = [...fieldsOf("path", params), ...fieldsOf("header", headers), ...fieldsOf("query", query)]
  return forms.flatMap((form) => {
    const fields = toArguments("body", [form]).filter(({ name }) => name !== field)
    return choicesOf(form, field)!.map(
      (value) => ({ choice: [field, value], arguments: [...others, ...fields] }) as const,
    )
  })
}

/** Lists the values of a field that has a choice of texts; undefined of any other field. */
const choicesOf = ({ properties }: ObjectSchema, name: string): readonly string[] | undefined => {
  const { enum: values, const: value } = properties?.[name] ?? {}
  return Array.isArray(values) ? (values as string[]) : typeof value === "string" ? [value] : undefined
}

function fieldsOf(place: Argument["in"], schema: GenericSchema | undefined): readonly Argument[] {
  const json = schema ? toSchema(schema) : {}
  return toArguments(place, (json["oneOf"] as readonly ObjectSchema[] | undefined) ?? [json])
}

function toArguments(place: Argument["in"], forms: readonly ObjectSchema[]): readonly Argument[] {
  const fields = new Map<string, Argument>()
  for (const { properties = {}, required = [] } of forms) {
    for (const [name, { description = "", ...rest }] of Object.entries(properties)) {
      const before = fields.get(name)
      fields.set(name, {
        name,
        in: place,
        required: forms.every((form) => form.required?.includes(name)) && required.includes(name),
        description: String(description),
        schema: before ? join(before.schema, rest) : withDefault(rest),
      })
    }
  }
  return [...fields.values()]
}

interface ObjectSchema {
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
