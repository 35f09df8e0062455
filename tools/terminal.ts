import { styleText } from "node:util"

type Style = Parameters<typeof styleText>[0]

/** Styled where the output is a terminal that wants it: Node looks at NO_COLOR, FORCE_COLOR and the stream. */
export const paint = (style: Style, text: string): string => styleText(style, text)

const UNPRINTABLE = /[^\n\P{C}]/gu

/** Somebody else's text: a terminal obeys some characters, and others turn the line around. */
export const printable = (text: string): string => text.replaceAll(UNPRINTABLE, "?")

/** The same where a line break would pass for a line of ours. */
export const toLine = (text: string): string => printable(text).replaceAll("\n", " ")

const toEscapes = (text: string): string =>
  text.replaceAll(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** JSON that says the same, and that a terminal shows as it stands: `JSON.stringify` leaves some of these as they are. */
export const toPrintableJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replaceAll(UNPRINTABLE, toEscapes)

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
