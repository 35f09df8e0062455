import { MAX_BEARER_CHARS } from "./limits.ts"
import { fail, ok, type Result } from "./result.ts"

/**
 * The credential of `Authorization: Bearer …` (spec 5.9).
 *
 * @returns `missing` if the header is absent or empty, `malformed` if it holds anything but one bearer credential.
 */
export function parseBearer(header: string | null): Result<string, "missing" | "malformed"> {
  const text = (header ?? "").trim()
  if (text === "" || /^bearer$/i.test(text)) return fail("missing")
  const [, credential] = text.length <= MAX_BEARER_CHARS ? (/^bearer +([\w.~+/-]+=*)$/i.exec(text) ?? []) : []
  return credential === undefined ? fail("malformed") : ok(credential)
}
