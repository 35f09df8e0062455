import { assertOption, isPromise, kindOf, OptionError } from "../core/assert.ts"
import { isFields } from "../core/is.ts"

/** Headers as any runtime or framework provides them; names in any case, repeated values as an array or as pairs. */
export type HeadersInput =
  | Headers
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Looks a header up by its lower-case name. Repeated lines are joined by `, `, as HTTP joins them (spec 1.7). An absent
 * header is an empty one (spec 1.8).
 */
export type HeaderLookup = (name: string) => string

/**
 * Creates a lookup for headers in any of the three forms.
 *
 * @throws {TypeError} `headers` has none of the forms. What is not headers must never count as headers without a signature:
 *   that would report the caller's mistake as the sender's.
 */
export function createHeaderLookup(headers: unknown): HeaderLookup {
  if (headers instanceof Headers) return (name) => headers.get(name) ?? ""
  const fix = findFix(headers)
  // No assertion: its text would be put together for every delivery.
  if (fix) {
    throw new OptionError(
      `headers must be a Headers object, a record of names and values, or pairs, not ${kindOf(headers)}: ${fix}`,
    )
  }
  const record = headers as object
  return Symbol.iterator in record ? lookupInPairs([...(record as Iterable<unknown>)]) : lookupInRecord(record)
}

function lookupInPairs(pairs: readonly unknown[]): HeaderLookup {
  assertOption(
    pairs.every((pair) => Array.isArray(pair)),
    "headers must be pairs of a name and a value; for a flat list such as rawHeaders pass request.headers",
  )
  return (name) => joinLines(pairs.flatMap(([key, value]) => (isName(String(key), name) ? [value] : [])))
}

/** A loop over the keys: a list of pairs would cost a tenth of a small HMAC. */
const lookupInRecord =
  (record: Readonly<Record<string, unknown>> | object): HeaderLookup =>
  (name) => {
    const values: unknown[] = []
    for (const key in record) {
      if (isName(key, name) && Object.hasOwn(record, key)) values.push((record as Record<string, unknown>)[key])
    }
    return joinLines(values)
  }

/** The lengths first: they tell most names apart. */
const isName = (key: string, name: string): boolean => key.length === name.length && key.toLowerCase() === name

const joinLines = (values: readonly unknown[]): string =>
  values.length === 1 && typeof values[0] === "string" ? values[0] : values.flat().join(", ")

/** Returns what to do about an argument that cannot be headers, or undefined if it can. */
function findFix(headers: unknown): string | undefined {
  if (typeof headers !== "object" || headers === null) return "pass request.headers"
  if (isPromise(headers)) return "await it first"
  // A Request, Node's IncomingMessage, an event of a framework. A header of this name would be text, or a list of texts.
  if (isFields((headers as { headers?: unknown }).headers)) return "pass its .headers"
  if (Symbol.iterator in headers) return undefined
  // A record is a plain object, of any realm: the prototype of its prototype is null.
  const prototype: unknown = Object.getPrototypeOf(headers)
  return prototype === null || Object.getPrototypeOf(prototype) === null ? undefined : "pass request.headers"
}
