import * as v from "valibot"
import { described, named } from "./fields.ts"

/** Spec 5.7. */
export const MAX_PAGE_SIZE = 100
export const DEFAULT_PAGE_SIZE = 20

/** The query of a listing (spec 5.7). A cursor is a position in the list, opaque to the client. */
export const PAGE_FIELDS = {
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,2}$/),
      v.metadata({
        description: "The maximum number of items in a page.",
        // A query is text; the documents show the number that it spells.
        type: "integer",
        pattern: undefined,
        minimum: 1,
        maximum: MAX_PAGE_SIZE,
      }),
      v.transform(Number),
      v.maxValue(MAX_PAGE_SIZE),
    ),
    String(DEFAULT_PAGE_SIZE),
  ),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^c[0-9a-z]{1,11}$/),
      v.metadata({ description: "`next_cursor` of the page before. Opaque.", pattern: undefined }),
      v.transform((text) => Number.parseInt(text.slice(1), 36)),
      v.safeInteger(),
    ),
  ),
}

/** The schema of a page of items (`toPageBody`), by its name in the OpenAPI document. */
export const pageOf = (title: string, item: v.GenericSchema): v.GenericSchema =>
  named(
    title,
    v.object({
      data: v.array(item),
      next_cursor: described(v.nullable(v.string()), "The cursor of the next page; null on the last."),
    }),
  )

/** Makes the cursor of a row. */
export const toCursor = (sequence: number): string => `c${sequence.toString(36)}`

/** Makes the body of a page. @param next The sequence of its last row; undefined if no page follows. */
export const toPageBody = <View>(
  data: readonly View[],
  next: number | undefined,
): { readonly data: readonly View[]; readonly next_cursor: string | null } => ({
  data,
  next_cursor: next === undefined ? null : toCursor(next),
})

/** A page of rows, and the sequence of its last row; undefined if no page follows. */
export interface PageOf<Row> {
  readonly rows: readonly Row[]
  readonly next: number | undefined
}

/** Makes a page of rows that were read with one more than it may have: that one shows that another page follows. */
export function toPage<Row extends { readonly sequence: number }>(rows: readonly Row[], limit: number): PageOf<Row> {
  const page = rows.slice(0, limit)
  return { rows: page, next: rows.length > limit ? page.at(-1)?.sequence : undefined }
}
