import { describe, expect, it } from "vitest"
import { checkContentType } from "../../src/http/content-type.ts"

const verdictOf = (headers: Headers): string => {
  const result = checkContentType(headers)
  return result.ok ? "ok" : result.error
}

const MISSING = "missing"
const UNSUPPORTED = "unsupported"

describe("Content-Type: spec 3.3", () => {
  it.each([
    { why: "JSON", type: "application/json", want: "ok" },
    { why: "upper case", type: "APPLICATION/JSON", want: "ok" },
    { why: "mixed case", type: "Application/Json", want: "ok" },
    { why: "structured suffix", type: "application/cloudevents+json", want: "ok" },
    { why: "structured suffix in upper case", type: "application/problem+JSON", want: "ok" },
    { why: "suffix behind a vendor's tree", type: "application/vnd.credicorp.v1+json", want: "ok" },
    { why: "charset", type: "application/json; charset=utf-8", want: "ok" },
    { why: "charset in upper case", type: "application/json; charset=UTF-8", want: "ok" },
    { why: "its name in upper case", type: "application/json; CHARSET=utf-8", want: "ok" },
    { why: "charset without its hyphen", type: "application/json; charset=utf8", want: "ok" },
    {
      why: "charset without its hyphen, in upper case and quotes",
      type: 'application/json; charset="UTF8"',
      want: "ok",
    },
    { why: "charset in quotes", type: 'application/json; charset="utf-8"', want: "ok" },
    { why: "charset in quotes and upper case", type: 'application/json; charset="UTF-8"', want: "ok" },
    { why: "no space before it", type: "application/json;charset=utf-8", want: "ok" },
    { why: "space before the semicolon", type: "application/json ; charset=utf-8", want: "ok" },
    { why: "tab before it", type: "application/json;\tcharset=utf-8", want: "ok" },
    { why: "charset twice alike", type: "application/json; charset=utf-8; charset=utf-8", want: "ok" },
    { why: "charset of a structured suffix", type: "application/x+json; charset=utf-8", want: "ok" },
    { why: "another parameter", type: "application/json; version=1", want: "ok" },
    { why: "another parameter before charset", type: "application/json; version=1; charset=utf-8", want: "ok" },
    { why: "another parameter in quotes", type: 'application/json; profile="https://x.example/a b"', want: "ok" },
    { why: "empty value in quotes", type: 'application/json; profile=""', want: "ok" },
    { why: "trailing semicolon", type: "application/json;", want: "ok" },
    { why: "white space around it", type: "  application/json  ", want: "ok" },
    { why: "longest", type: `application/json; a=${"x".repeat(236)}`, want: "ok" },
    { why: "one too long", type: `application/json; a=${"x".repeat(237)}`, want: UNSUPPORTED },
    // A pattern that looks for white space at the end takes the square of this; measured, 120,000 took seconds.
    { why: "a long run of blanks inside", type: `application/json${" ".repeat(200_000)};`, want: UNSUPPORTED },
    { why: "long and hard to match", type: `application/${"+json".repeat(20_000)};`, want: UNSUPPORTED },
    { why: "absent", type: undefined, want: MISSING },
    { why: "empty", type: "", want: MISSING },
    { why: "white space only", type: " \t ", want: MISSING },
    { why: "UTF-16", type: "application/json; charset=utf-16", want: UNSUPPORTED },
    { why: "UTF-16 in quotes", type: 'application/json; charset="utf-16"', want: UNSUPPORTED },
    { why: "UTF-8 with two hyphens", type: "application/json; charset=utf--8", want: UNSUPPORTED },
    { why: "a charset that begins as UTF-8", type: "application/json; charset=utf8x", want: UNSUPPORTED },
    { why: "Latin-1", type: "application/json; charset=iso-8859-1", want: UNSUPPORTED },
    { why: "charset in single quotes", type: "application/json; charset='utf-8'", want: UNSUPPORTED },
    { why: "empty charset", type: "application/json; charset=", want: UNSUPPORTED },
    { why: "empty charset in quotes", type: 'application/json; charset=""', want: UNSUPPORTED },
    { why: "charset with a space in it", type: 'application/json; charset=" utf-8"', want: UNSUPPORTED },
    {
      why: "charset twice, the last wrong",
      type: "application/json; charset=utf-8; charset=utf-16",
      want: UNSUPPORTED,
    },
    {
      why: "charset twice, the first wrong",
      type: "application/json; charset=utf-16; charset=utf-8",
      want: UNSUPPORTED,
    },
    { why: "charset twice in two cases", type: "application/json; charset=utf-8; CHARSET=utf-16", want: UNSUPPORTED },
    { why: "white space around =", type: "application/json; charset = utf-8", want: UNSUPPORTED },
    { why: "quote that does not end", type: 'application/json; charset="utf-8', want: UNSUPPORTED },
    { why: "escape in quotes", type: String.raw`application/json; charset="utf\-8"`, want: UNSUPPORTED },
    { why: "text behind the quotes", type: 'application/json; charset="utf-8"x', want: UNSUPPORTED },
    { why: "parameter without a value", type: "application/json; charset", want: UNSUPPORTED },
    { why: "parameter without a name", type: "application/json; =utf-8", want: UNSUPPORTED },
    { why: "text after the type", type: "application/json charset=utf-8", want: UNSUPPORTED },
    { why: "parameters only", type: "; charset=utf-8", want: UNSUPPORTED },
    { why: "what fetch sends for text", type: "text/plain;charset=UTF-8", want: UNSUPPORTED },
    { why: "the obsolete type", type: "text/json", want: UNSUPPORTED },
    { why: "text with the suffix", type: "text/x+json", want: UNSUPPORTED },
    { why: "x-json", type: "application/x-json", want: UNSUPPORTED },
    { why: "JSON and more", type: "application/json5", want: UNSUPPORTED },
    { why: "lines of JSON", type: "application/jsonl", want: UNSUPPORTED },
    { why: "suffix without a name", type: "application/+json", want: UNSUPPORTED },
    { why: "suffix in the middle", type: "application/x+json+xml", want: UNSUPPORTED },
    { why: "suffix and more", type: "application/x+jsonp", want: UNSUPPORTED },
    { why: "slash in the name", type: "application/a/b+json", want: UNSUPPORTED },
    { why: "space in the name", type: "application/a b+json", want: UNSUPPORTED },
    { why: "space at the slash", type: "application / json", want: UNSUPPORTED },
    { why: "a form", type: "application/x-www-form-urlencoded", want: UNSUPPORTED },
    { why: "bytes", type: "application/octet-stream", want: UNSUPPORTED },
    { why: "any", type: "*/*", want: UNSUPPORTED },
    { why: "any application", type: "application/*", want: UNSUPPORTED },
    { why: "no slash", type: "json", want: UNSUPPORTED },
    { why: "in quotes", type: '"application/json"', want: UNSUPPORTED },
    { why: "two types", type: "application/json, text/plain", want: UNSUPPORTED },
    { why: "a parameter, then another type", type: "application/json; charset=utf-8, text/plain", want: UNSUPPORTED },
  ])("$why: $type → $want", ({ type, want }) => {
    expect(verdictOf(new Headers(type === undefined ? {} : { "Content-Type": type }))).toBe(want)
  })

  it("two lines are no one type, even if they are alike", () => {
    const headers = new Headers({ "Content-Type": "application/json" })
    headers.append("Content-Type", "application/json")
    expect(verdictOf(headers)).toBe(UNSUPPORTED)
  })
})

describe("Content-Encoding other than identity: spec 3.3", () => {
  it.each([
    { why: "none", encoding: undefined, want: "ok" },
    { why: "empty", encoding: "", want: "ok" },
    { why: "identity", encoding: "identity", want: "ok" },
    { why: "identity in upper case", encoding: "IDENTITY", want: "ok" },
    { why: "white space around it", encoding: " identity ", want: "ok" },
    { why: "gzip", encoding: "gzip", want: UNSUPPORTED },
    { why: "gzip in upper case", encoding: "GZIP", want: UNSUPPORTED },
    { why: "deflate", encoding: "deflate", want: UNSUPPORTED },
    { why: "br", encoding: "br", want: UNSUPPORTED },
    { why: "zstd", encoding: "zstd", want: UNSUPPORTED },
    { why: "gzip twice", encoding: "gzip, gzip", want: UNSUPPORTED },
    { why: "identity, then gzip", encoding: "identity, gzip", want: UNSUPPORTED },
    { why: "gzip, then identity", encoding: "gzip, identity", want: UNSUPPORTED },
    { why: "identity and more", encoding: "identityx", want: UNSUPPORTED },
    { why: "what nobody knows", encoding: "x-unknown", want: UNSUPPORTED },
    { why: "any", encoding: "*", want: UNSUPPORTED },
    { why: "a long run of blanks inside", encoding: `a${" ".repeat(200_000)}b`, want: UNSUPPORTED },
  ])("$why: $encoding → $want", ({ encoding, want }) => {
    const headers = new Headers({ "Content-Type": "application/json" })
    if (encoding !== undefined) headers.set("Content-Encoding", encoding)
    expect(verdictOf(headers)).toBe(want)
  })

  it("a Content-Type that is missing comes before an encoding that is not taken", () => {
    expect(verdictOf(new Headers({ "Content-Encoding": "gzip" }))).toBe(MISSING)
  })
})
