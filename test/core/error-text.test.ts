// Catches an error that is recorded as "[object Object]", or by its name alone: nobody can tell what failed.

import { describe, expect, it } from "vitest"
import { errorName, errorStack, errorText } from "../../src/core/error-text.ts"

const circle: Record<string, unknown> = { code: "E_CIRCLE" }
circle["self"] = circle

const chain = (length: number): Error =>
  Array.from({ length }).reduce<Error>((cause, _, i) => new Error(`e${i + 1}`, { cause }), new Error("e0"))

class Custom {
  readonly code = 7
}

class WithText {
  toString(): string {
    return "a text of its own"
  }
}

describe("the text of anything thrown", () => {
  it.each<{ why: string; thrown: unknown; want: string }>([
    { why: "an error", thrown: new Error("no"), want: "Error: no" },
    { why: "an error of another class", thrown: new RangeError("no"), want: "RangeError: no" },
    { why: "text", thrown: "no", want: "no" },
    { why: "undefined", thrown: undefined, want: "undefined" },
    { why: "null", thrown: null, want: "null" },
    { why: "a number", thrown: 0, want: "0" },
    { why: "a symbol", thrown: Symbol("no"), want: "Symbol(no)" },
    { why: "a plain object", thrown: { code: "E_DOWN", retry: true }, want: '{"code":"E_DOWN","retry":true}' },
    { why: "an object of a class", thrown: new Custom(), want: 'Custom {"code":7}' },
    { why: "an object with a text", thrown: new WithText(), want: "a text of its own" },
    { why: "an array", thrown: [1, "b"], want: "1,b" },
    { why: "a response", thrown: new Response("body", { status: 503 }), want: 'Response {"status":503}' },
    { why: "an object without a prototype", thrown: Object.assign(Object.create(null), { a: 1 }), want: '{"a":1}' },
    { why: "a big integer in an object", thrown: { id: 9_007_199_254_740_993n }, want: '{"id":"9007199254740993"}' },
    { why: "a circle", thrown: circle, want: "an object with code, self" },
    { why: "an error with a cause", thrown: chain(1), want: "Error: e1 (cause: Error: e0)" },
    {
      why: "an error with more causes than are named",
      thrown: chain(9),
      want: "Error: e9 (cause: Error: e8 (cause: Error: e7 (cause: Error: e6 (cause: Error: e5))))",
    },
    {
      why: "an error whose cause is an object",
      thrown: new Error("no", { cause: { status: 503 } }),
      want: 'Error: no (cause: {"status":503})',
    },
    {
      why: "an AggregateError",
      thrown: new AggregateError([new Error("a"), "b", { c: 1 }], "all failed"),
      want: 'AggregateError: all failed [Error: a; b; {"c":1}]',
    },
    {
      why: "an AggregateError of many",
      thrown: new AggregateError(Array.from({ length: 10 }, (_, i) => new Error(`e${i}`))),
      want: "AggregateError [Error: e0; Error: e1; Error: e2; Error: e3; and 6 more]",
    },
  ])("$why → $want", ({ thrown, want }) => {
    expect(errorText(thrown)).toBe(want)
  })

  const selfCaused = new Error("no")
  selfCaused.cause = selfCaused
  const selfContained = new AggregateError([], "no")
  selfContained.errors.push(selfContained, selfContained, selfContained, selfContained)
  const throwing = {
    get toString(): never {
      throw new Error("no text")
    },
  }

  it.each<{ why: string; thrown: unknown }>([
    { why: "a long message", thrown: new Error("x".repeat(1_000_000)) },
    { why: "long text", thrown: "x".repeat(1_000_000) },
    { why: "an object of long texts", thrown: { a: "x".repeat(1_000_000), b: "y".repeat(1_000_000) } },
    { why: "an object of many values", thrown: Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [i, i])) },
    { why: "an error that is its own cause", thrown: selfCaused },
    { why: "an AggregateError that contains itself", thrown: selfContained },
    { why: "an object whose text throws", thrown: throwing },
    { why: "a revoked proxy", thrown: revoked() },
    { why: "an error without a text", thrown: Object.assign(new Error("no"), { message: Symbol("no") }) },
  ])("$why → at most 1,024 characters, at once", ({ thrown }) => {
    const startedAt = performance.now()
    const text = errorText(thrown)
    expect(text.length).toBeGreaterThan(0)
    expect(text.length).toBeLessThanOrEqual(1_024)
    expect(performance.now() - startedAt).toBeLessThan(500)
    expect((errorStack(thrown) ?? "").length).toBeLessThanOrEqual(4_096)
  })
})

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe("stack and kind", () => {
  it("the stacks of an error and of its causes, one after the other", () => {
    expect(errorStack(chain(2))).toMatch(/^Error: e2\n[^]*\ncaused by: Error: e1\n[^]*\ncaused by: Error: e0\n/)
  })

  it.each(["text", undefined, null, { stack: "not an error's" }])("%j has none", (thrown) => {
    expect(errorStack(thrown)).toBeUndefined()
  })

  it("the kind alone, where the text could hold a secret", () => {
    expect([new RangeError("secret"), "secret", undefined].map(errorName)).toEqual([
      "RangeError",
      "string",
      "undefined",
    ])
  })
})
