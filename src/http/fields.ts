import * as v from "valibot"
import { hasAtMost, isFields } from "../core/is.ts"
import { MAX_PARAM_CHARS } from "../errors/webhook-error.ts"
import { fail, ok, type Result } from "../core/result.ts"

/** Why the fields of a request are refused: the code to answer with, and the field. */
export interface FieldFailure {
  readonly code: "unknown_field" | "invalid_value_type"
  readonly param?: string
}

/** Validates a value by a schema. Only the first failure is reported (spec 5.8). */
export function checkFields<const Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): Result<v.InferOutput<Schema>, FieldFailure> {
  // The library accepts an array where a schema has no required field.
  if (!isFields(value)) return fail({ code: "invalid_value_type" })
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return ok(result.output)
  const [issue] = result.issues
  const param = toPath(issue.path)
  const unlisted = issue.type === "strict_object" && issue.expected === "never"
  return fail({ code: unlisted ? "unknown_field" : "invalid_value_type", ...(param && { param }) })
}

function toPath(path: v.BaseIssue<unknown>["path"]): string {
  let text = ""
  for (const { key } of path ?? []) text += typeof key === "number" ? `[${key}]` : `${text && "."}${String(key)}`
  return text.slice(0, MAX_PARAM_CHARS)
}

/** Makes an object of a query. A name that occurs twice stays a list, which no field accepts. */
export const toQuery = (query: Record<string, string[]>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(query).map(([name, values]) => [name, values.length === 1 ? values[0] : values]))

/**
 * Adds to a schema what the documents say of it: a description, and rules of JSON Schema that its checks have no form for.
 * Put it before a transformation.
 */
export const described = <const Schema extends v.GenericSchema>(
  schema: Schema,
  description: string,
  rules: Readonly<Record<string, unknown>> = {},
): v.SchemaWithPipe<readonly [Schema, v.MetadataAction<v.InferOutput<Schema>, Readonly<Record<string, unknown>>>]> =>
  v.pipe(schema, v.metadata({ description, ...rules }))

/** Gives a schema the name that it has in the OpenAPI document. */
export const named = <const Schema extends v.GenericSchema>(
  title: string,
  schema: Schema,
): v.SchemaWithPipe<readonly [Schema, v.TitleAction<v.InferOutput<Schema>, string>]> => v.pipe(schema, v.title(title))

/** Makes a schema of text with at most `max` characters. The OpenAPI document shows the bound. */
export const maxChars = (max: number): v.GenericSchema<string> =>
  v.pipe(
    v.string(),
    v.check((text) => hasAtMost(text, max)),
    v.metadata({ maxLength: max }),
  )
