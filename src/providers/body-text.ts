import { parseJsonBytes } from "../core/json.ts"
import { readField } from "./event-paths.ts"

/** The longest text of a body that is hashed or compared before anything is proven. */
const MAX_SIGNED_TEXT_CHARS = 4_096

/** Parses an unproven body as JSON, within the limits of spec 3.7; undefined if it is not JSON. */
export function jsonOf(bytes: Uint8Array): unknown {
  const parsed = parseJsonBytes(bytes)
  return parsed.ok ? parsed.value : undefined
}

/** A text that is not empty, at a dotted path. */
export function textAt(value: unknown, path: string): string | undefined {
  const found = readField(value, path.split("."))
  return typeof found === "string" && found !== "" && found.length <= MAX_SIGNED_TEXT_CHARS ? found : undefined
}
