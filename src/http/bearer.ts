import { fail, ok, type Result } from "../core/result.ts"

/** An API key takes about 60 characters, a token of a usual issuer 1,000 to 2,000. */
export const MAX_BEARER_CHARS = 8_192

/** The scheme and one space or a few; RFC 9110 allows any number. */
const MAX_SCHEME_CHARS = 64

/**
 * Reads the credential of `Authorization: Bearer …` (spec 5.9): 1 to `MAX_BEARER_CHARS` characters of RFC 6750.
 *
 * @returns `missing` if the header is absent or empty, `malformed` if it holds anything but one bearer credential.
 */
export function parseBearer(header: string | null): Result<string, "missing" | "malformed"> {
  const text = (header ?? "").trim()
  if (text === "" || /^bearer$/i.test(text)) return fail("missing")
  if (text.length > MAX_SCHEME_CHARS + MAX_BEARER_CHARS) return fail("malformed")
  const [, credential] = /^bearer +([\w.~+/-]+=*)$/i.exec(text) ?? []
  return credential === undefined || credential.length > MAX_BEARER_CHARS ? fail("malformed") : ok(credential)
}
