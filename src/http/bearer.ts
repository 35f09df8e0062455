import { fail, ok, type Result } from "../core/result.ts"

/** An API key takes about 60 characters, a token of a usual issuer 1,000 to 2,000. */
export const MAX_BEARER_CHARS = 8_192

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
