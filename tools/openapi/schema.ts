import { toJsonSchema } from "@valibot/to-json-schema"
import type { GenericSchema } from "valibot"
import type { JsonSchema, NamedSchema, Notes } from "./operation.ts"

type Fields = Readonly<Record<string, JsonSchema>>

/**
 * A schema that validates, as JSON Schema of what may be sent. Rules that are code have no form there: the notes tell of
 * them, and a test holds the two together.
 */
export function toSchema({ schema, notes = {} }: Pick<NamedSchema, "schema" | "notes">): JsonSchema {
  const { $schema: _, ...json } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "input",
    errorMode: "ignore",
    ignoreActions: ["check", "raw_check", "safe_integer"],
  })
  return annotate(json, notes)
}

function annotate(json: JsonSchema, notes: Notes): JsonSchema {
  const branches = json["oneOf"] as readonly JsonSchema[] | undefined
  if (branches) return { oneOf: branches.map((branch) => annotate(branch, notes)) }
  if (!json["properties"]) return json
  const properties = Object.entries(json["properties"] as Fields).map(([name, field]) => {
    const note = notes[name]
    // What the note has a type for, the query spells as text.
    return [name, note?.["type"] ? note : { ...field, ...note }] as const
  })
  return { ...json, properties: Object.fromEntries(properties) }
}

/** The parameters of a query. */
export function toQueryParameters({ schema, notes }: { schema: GenericSchema; notes: Notes }): readonly JsonSchema[] {
  const { properties } = toSchema({ schema, notes }) as { properties: Fields }
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: "query",
    required: false,
    description,
    schema: rest,
  }))
}
