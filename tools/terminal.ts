import { styleText } from "node:util"
import { toPrintable } from "../src/core/printable.ts"

type Style = Parameters<typeof styleText>[0]

/** Styled where the output is a terminal that wants it: Node looks at NO_COLOR, FORCE_COLOR and the stream. */
export const paint = (style: Style, text: string): string => styleText(style, text)

/** Returns text of a partner, a sender or a handler for one line: a line break in it could pass for a line of ours. */
export const toLine = (text: string): string => toPrintable(text).replaceAll("\n", " ")

/** A cell of a table. */
export interface Cell {
  readonly text: string
  readonly style?: Style
}

const toCell = (cell: Cell | string): Cell =>
  typeof cell === "string" ? { text: toLine(cell) } : { ...cell, text: toLine(cell.text) }

/** Columns as wide as they must be, two blanks apart; the last one is left ragged. */
export function printTable(names: readonly string[], rows: readonly (readonly (Cell | string)[])[]): void {
  const cells = [names.map((text): Cell => ({ text, style: "dim" })), ...rows.map((row) => row.map(toCell))]
  const widths = names.map((_, i) => Math.max(...cells.map((row) => row[i]!.text.length)))
  for (const row of cells) {
    const padded = row.map(({ text, style }, i) => {
      const wide = i === row.length - 1 ? text : text.padEnd(widths[i]!)
      return style ? paint(style, wide) : wide
    })
    console.log(padded.join("  ").trimEnd())
  }
}

/** A name and its value on each line. */
export function printFacts(facts: readonly (readonly [name: string, value: Cell | string])[]): void {
  const width = Math.max(...facts.map(([name]) => name.length))
  for (const [name, value] of facts) {
    const { text, style } = toCell(value)
    console.log(`${paint("dim", name.padEnd(width))}  ${style ? paint(style, text) : text}`)
  }
}
