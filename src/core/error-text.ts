/** Length of an error's text in the inbox and in the log: enough for a message, not for a body. */
export const MAX_ERROR_TEXT_CHARS = 1_024

/** Length of a stack in the log, those of its causes included. */
export const MAX_STACK_CHARS = 4_096

/** How many causes, and how many errors of an `AggregateError`, are named. */
const MAX_CAUSES = 4

/** How many values of a thrown object are looked at. */
const MAX_VALUES = 64

/**
 * Describes anything that was thrown, in at most 1,024 characters and without a stack: name and message of an error, of the
 * errors of an `AggregateError` and of its causes; the JSON of an object that is not an error. Never throws.
 */
export function errorText(thrown: unknown): string {
  try {
    return describe(thrown, MAX_CAUSES).slice(0, MAX_ERROR_TEXT_CHARS)
  } catch {
    return "an error that has no text"
  }
}

/** Returns the kind of an error for the log, where its text could quote a row, and rows hold secrets. */
export const errorName = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : typeof thrown)

/** Returns the stacks of an error and of its causes, at most 4,096 characters; undefined if there is none. Never throws. */
export function errorStack(thrown: unknown): string | undefined {
  try {
    const stacks: string[] = []
    for (let error = thrown; error instanceof Error && stacks.length <= MAX_CAUSES; error = error.cause) {
      if (typeof error.stack === "string") stacks.push(error.stack.slice(0, MAX_STACK_CHARS))
    }
    return stacks.length > 0 ? stacks.join("\ncaused by: ").slice(0, MAX_STACK_CHARS) : undefined
  } catch {
    return undefined
  }
}

/** @param depth How many causes may follow. */
function describe(thrown: unknown, depth: number): string {
  if (!(thrown instanceof Error)) return hasText(thrown) ? String(thrown) : describeObject(thrown)
  const { errors } = thrown as { readonly errors?: unknown }
  const text = String(thrown).slice(0, MAX_ERROR_TEXT_CHARS)
  if (depth === 0) return text
  const parts = Array.isArray(errors) ? describeAll(errors, depth - 1) : ""
  const cause = thrown.cause === undefined ? "" : ` (cause: ${describe(thrown.cause, depth - 1)})`
  return `${text}${parts}${cause}`
}

function describeAll(errors: readonly unknown[], depth: number): string {
  const named = errors.slice(0, MAX_CAUSES).map((error) => describe(error, depth))
  if (errors.length > named.length) named.push(`and ${errors.length - named.length} more`)
  return ` [${named.join("; ")}]`
}

/** Primitives have a text, and so has an object whose class gives it one. */
function hasText(thrown: unknown): boolean {
  if (typeof thrown !== "object" || thrown === null) return true
  const { toString } = thrown as { readonly toString?: unknown }
  return toString !== undefined && toString !== (Object.prototype as { readonly toString: unknown }).toString
}

/** Returns the class of an object, unless it is a plain one, and its JSON; of a `Response` its status. */
function describeObject(thrown: unknown): string {
  const object = thrown as { readonly constructor?: { readonly name?: unknown }; readonly status?: unknown }
  const name = object.constructor?.name
  const fields = Object.keys(object).length === 0 && object.status !== undefined ? { status: object.status } : object
  const json = toBoundedJson(fields)
  return typeof name === "string" && name !== "Object" ? `${name} ${json}` : json
}

function toBoundedJson(object: object): string {
  let values = 0
  try {
    return JSON.stringify(object, (_, value: unknown) => {
      if (++values > MAX_VALUES) return undefined
      if (typeof value === "bigint") return String(value)
      return typeof value === "string" ? value.slice(0, MAX_ERROR_TEXT_CHARS) : value
    })
  } catch {
    // A circle, or a getter that throws.
    return `an object with ${Object.keys(object).slice(0, MAX_VALUES).join(", ")}`
  }
}
