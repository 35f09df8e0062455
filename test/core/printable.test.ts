// Catches a log line or a terminal that shows what a sender wants: JSON.stringify leaves C1, bidirectional and separator
// characters as they are.

import { describe, expect, it, vi } from "vitest"
import { writeLine } from "../../src/core/log.ts"
import { toPrintable, toPrintableJson } from "../../src/core/printable.ts"

const hidden = [
  { why: "C0", text: "\u0000\u0007\u001b\r\t" },
  { why: "DEL and C1", text: "\u007f\u0080\u0085\u009b\u009f" },
  { why: "bidirectional", text: "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" },
  { why: "line and paragraph separators", text: "\u2028\u2029" },
  { why: "zero width and byte order mark", text: "\u200b\u200c\u200d\u2060\ufeff\u00ad" },
  { why: "lone surrogates", text: "\ud800 \udc00" },
  { why: "tags and private use", text: "\u{e0041}\u{e000}\u{f0000}" },
]

const shown = ['plain ASCII ~!"\\', "é ß 漢字 العربية 😀", "€\u00a0\u3000"]

/** Every character that a viewer could obey. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u

describe("JSON that can be printed", () => {
  it.each(hidden)("$why: escaped, and of the same meaning", ({ text }) => {
    const json = toPrintableJson({ [text]: [text] })
    expect(json).not.toMatch(OBEYED)
    expect(JSON.parse(json)).toEqual({ [text]: [text] })
  })

  it.each(shown)("%s stays as it is", (text) => {
    expect(toPrintableJson({ text })).toBe(JSON.stringify({ text }))
    expect(toPrintable(text)).toBe(text)
  })

  it("indentation stays", () => {
    expect(toPrintableJson({ a: "\u202e" }, 2)).toBe('{\n  "a": "\\u202e"\n}')
  })
})

describe("text that can be printed", () => {
  it.each(hidden)("$why: replaced", ({ text }) => {
    expect(toPrintable(text)).not.toMatch(OBEYED)
  })

  it("a line feed stays", () => {
    expect(toPrintable("a\nb\r\nc")).toBe("a\nb?\nc")
  })
})

const lineOf = (entry: Record<string, unknown>): string => {
  const print = vi.spyOn(console, "log").mockImplementation(() => {})
  try {
    writeLine(entry)
    return String(print.mock.calls[0]?.[0])
  } finally {
    print.mockRestore()
  }
}

describe("a log line", () => {
  it.each(hidden)("$why of a payload or an error: one line, escaped", ({ text }) => {
    const line = lineOf({ message: text, error: `Error: ${text}\n`, [text]: { text } })
    expect(line).not.toMatch(OBEYED)
    expect(JSON.parse(line)).toMatchObject({ message: text, error: `Error: ${text}\n` })
  })

  it("what has no JSON form is left out, the rest escaped", () => {
    expect(lineOf({ level: "info", message: "\u202e", event_id: "evt_1", broken: 1n })).toBe(
      '{"level":"info","message":"\\u202e","event_id":"evt_1","detail":"the other fields have no JSON form"}',
    )
  })
})
