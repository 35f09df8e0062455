import { toPrintableJson } from "../core/printable.ts"
import type { Io } from "./io.ts"
import { printFacts, printTable, toLine } from "./print.ts"

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const isText = (value: unknown): value is string => typeof value === "string"

/** Prints an answer that has no view of its own: a list as a table, an object as its fields. */
export function printValue(value: unknown, io: Io): void {
  if (!isObject(value)) return io.out(value === undefined ? "done" : toPrintableJson(value))
  const { data, next_cursor: next, hint, ...rest } = value
  if (Array.isArray(data)) {
    const rows = data.filter(isObject)
    const names = Object.keys(rows[0] ?? {}).filter((name) => rows.some((row) => !isObject(row[name])))
    if (rows.length > 0)
      printTable(
        io,
        names,
        rows.map((row) => names.map((name) => toCellText(row[name]))),
      )
    else io.out("none")
  }
  if (Object.keys(rest).length > 0)
    printFacts(
      io,
      Object.entries(rest).map(([name, one]) => [toLine(name), toCellText(one)]),
    )
  if (typeof hint === "string") io.out(toLine(hint))
  if (typeof next === "string") printMore(next, io)
  if ("secret" in value) io.out("\nThe secret is shown this once: store it now.")
}

/** Returns text as it is, and anything else as JSON. */
export const toText = (value: unknown): string =>
  isText(value) ? value : value === undefined ? "" : toPrintableJson(value)

const toCellText = (value: unknown): string =>
  Array.isArray(value) && value.every(isText) ? value.join(",") : toText(value)

/** Says how to see the next page. */
export const printMore = (cursor: string, io: Io): void => io.out(`more: --cursor ${toLine(cursor)}`)
