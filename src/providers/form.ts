import { fromUtf8 } from "../core/bytes.ts"
import { MAX_FORM_FIELDS, readForm } from "./event-paths.ts"

/** The text of a body; undefined if it is not strict UTF-8. */
export function textOf(body: Uint8Array): string | undefined {
  try {
    return fromUtf8(body)
  } catch {
    return undefined
  }
}

/** Returns the fields of an unproven form body; undefined if it is not a form or has too many fields. */
export function formOf(body: Uint8Array): Readonly<Record<string, string>> | undefined {
  const text = textOf(body)
  return text === undefined ? undefined : readForm(text)
}

/** All pairs of a form body, repeated names included. */
export function formPairs(body: Uint8Array): readonly (readonly [name: string, value: string])[] | undefined {
  const text = textOf(body)
  if (text === undefined || text.split("&", MAX_FORM_FIELDS + 1).length > MAX_FORM_FIELDS) return undefined
  return [...new URLSearchParams(text)]
}

/** Compares by code units, as every provider here sorts. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * One text field of a multipart body (RFC 7578). Only for small forms of one or two parts.
 *
 * @param contentType Of the request: it names the boundary.
 */
export function multipartField(body: Uint8Array, contentType: string, name: string): string | undefined {
  const [, quoted, token] =
    /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? []
  const text = textOf(body)
  if (text === undefined || !(quoted ?? token)) return undefined
  for (const part of text.split(`--${quoted ?? token}`, 17).slice(1)) {
    const split = part.indexOf("\r\n\r\n")
    const [, field] =
      /^content-disposition:\s*form-data;.*?\bname="([^"]*)"/im.exec(part.slice(0, Math.max(split, 0))) ?? []
    if (field === name) return part.slice(split + 4).replace(/\r\n$/, "")
  }
  return undefined
}
