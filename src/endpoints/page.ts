import type { PageOf } from "./account.ts"

/** A page of rows that were read with one more than the page may have: that one tells whether there is a next page. */
export function toPage<Row extends { readonly place: number }>(rows: readonly Row[], limit: number): PageOf<Row> {
  const page = rows.slice(0, limit)
  return { rows: page, next: rows.length > limit ? page.at(-1)?.place : undefined }
}
