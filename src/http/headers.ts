import { assertOption } from "../core/assert.ts"

/** Headers as any runtime or framework hands them out; names in any case, repeated values as an array or as pairs. */
export type HeadersInput =
  | Headers
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Looks a header up by its lower-case name. Repeated lines come joined by `, `, as HTTP joins them (spec 1.7); an absent
 * header is an empty one (spec 1.8).
 */
export type HeaderLookup = (name: string) => string

/**
 * One way to read all three forms.
 *
 * @throws {TypeError} `headers` is none of the forms. Text in them, of whatever kind, never throws.
 */
export function createHeaderLookup(headers: unknown): HeaderLookup {
  if (headers instanceof Headers) return (name) => headers.get(name) ?? ""
  assertOption(typeof headers === "object" && headers !== null, "headers must be request.headers, a record or pairs")
  const pairs = Symbol.iterator in headers ? [...(headers as Iterable<[unknown, unknown]>)] : Object.entries(headers)
  return (name) => pairs.flatMap(([key, value]) => (String(key).toLowerCase() === name ? value : [])).join(", ")
}
