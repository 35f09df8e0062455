import { isEventType } from "./events/envelope.ts"

/** A variable's value: text, or the number or boolean that stands in wrangler.toml. */
export type BindingText = string | number | boolean

/** The configuration of one surface, or that there is none, or everything that is wrong with it. */
export type Configured<Config> =
  | { readonly state: "on"; readonly config: Config }
  | { readonly state: "off" }
  | { readonly state: "unsound"; readonly problems: readonly string[] }

/** What `parse` makes, or the fallback and one problem more. */
export function collect<Value>(problems: string[], name: string, parse: () => Value, fallback: Value): Value {
  try {
    return parse()
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`)
    return fallback
  }
}

/** Reads a list of event types. @throws {TypeError} It is none. */
export function parseEventTypes(text: string): readonly string[] {
  const types = text.split(",").map((type) => type.trim())
  if (!types.every(isEventType))
    throw new TypeError("must be event types separated by commas, as card.blocked,card.opened")
  return types
}
