import { styleText } from "node:util"
import { toPrintable } from "../core/printable.ts"
import type { Io } from "./io.ts"

export type Style = Parameters<typeof styleText>[0]

/** Styles text where the output is a terminal that wants it. */
export const paint = ({ colors }: Pick<Io, "colors">, style: Style, text: string): string =>
  colors ? styleText(style, text, { validateStream: false }) : text

/** Makes untrusted text safe for one line of a terminal: a line break in it could pass for a line of ours. */
export const toLine = (text: string): string => toPrintable(text).replaceAll("\n", " ")

/** A cell of a table. */
export interface Cell {
  readonly text: string
  readonly style?: Style
}

const toCell = (cell: Cell | string): Cell =>
  typeof cell === "string" ? { text: toLine(cell) } : { ...cell, text: toLine(cell.text) }

/** Prints columns as wide as they must be, two blanks apart. The last one is not padded. */
export function printTable(io: Io, names: readonly string[], rows: readonly (readonly (Cell | string)[])[]): void {
  const cells = [names.map((text): Cell => ({ text, style: "dim" })), ...rows.map((row) => row.map(toCell))]
  const widths = names.map((_, i) => Math.max(...cells.map((row) => row[i]!.text.length)))
  for (const row of cells) {
    const padded = row.map(({ text, style }, i) => {
      const wide = i === row.length - 1 ? text : text.padEnd(widths[i]!)
      return style ? paint(io, style, wide) : wide
    })
    io.out(padded.join("  ").trimEnd())
  }
}

/** Prints a name and its value on each line. */
export function printFacts(io: Io, facts: readonly (readonly [name: string, value: Cell | string])[]): void {
  const width = Math.max(...facts.map(([name]) => name.length))
  for (const [name, value] of facts) {
    const { text, style } = toCell(value)
    io.out(`${paint(io, "dim", name.padEnd(width))}  ${style ? paint(io, style, text) : text}`)
  }
}
