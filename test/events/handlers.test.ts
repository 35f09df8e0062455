import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { defineHandlers, handlersOf } from "../../src/events/handlers.ts"

const nothing = (): void => {}

/** As from a file that no compiler has seen. */
const defineAnything = defineHandlers as (handlers: unknown, schemas?: unknown) => unknown

describe("keys of defineHandlers", () => {
  it.each([
    { key: "*" },
    { key: "payment.*" },
    { key: "payment.card.*" },
    { key: "decision.completed" },
    { key: "x.y" },
  ])("$key → ok", ({ key }) => {
    expect(defineHandlers<object>({ [key]: nothing }).entries).toEqual([[key, nothing]])
  })

  it.each([
    { why: "empty", key: "" },
    { why: "one word", key: "decision" },
    { why: "upper case", key: "Decision.completed" },
    { why: "camel case", key: "decisionCompleted" },
    { why: "star in front", key: "*.completed" },
    { why: "part of a word", key: "decision.comp*" },
    { why: "two stars", key: "decision.**" },
    { why: "family without its star", key: "decision." },
    { why: "space", key: "decision.completed " },
    { why: "two types in one", key: "decision.completed,payment.settled" },
    { why: "default", key: "default" },
    { why: "a name of Object.prototype's", key: "constructor" },
    { why: "too long", key: `a.${"b".repeat(127)}` },
  ])("$why: $key → TypeError", ({ key }) => {
    expect(() => defineAnything({ [key]: nothing })).toThrow(TypeError)
  })

  it("one bad key spoils the good ones", () => {
    expect(() => defineAnything({ "decision.completed": nothing, decision: nothing })).toThrow(TypeError)
  })
})

describe("values of defineHandlers", () => {
  it.each([
    { why: "undefined", value: undefined },
    { why: "null", value: null },
    { why: "text", value: "release" },
    { why: "number", value: 1 },
    { why: "list of functions", value: [nothing] },
    { why: "object with a method", value: { handle: nothing } },
    { why: "settings without a function", value: { concurrency: 1 } },
    { why: "settings whose handler is none", value: { concurrency: 1, handle: "release" } },
    { why: "a setting that there is not", value: { concurrency: 1, handle: nothing, retries: 3 } },
    ...[0, -1, 65, 1.5, Number.NaN, Infinity, "1", null, undefined, 1n].map((concurrency) => ({
      why: `a concurrency of ${String(concurrency)}`,
      value: { concurrency, handle: nothing },
    })),
    { why: "promise of a function", value: Promise.resolve(nothing) },
    { why: "what a call of the function returned", value: nothing() },
  ])("$why → TypeError", ({ value }) => {
    expect(() => defineAnything({ "decision.completed": value })).toThrow(TypeError)
  })

  it.each([
    { why: "nothing", handlers: undefined },
    { why: "null", handlers: null },
  ])("$why for all of them → TypeError", ({ handlers }) => {
    expect(() => defineAnything(handlers)).toThrow(TypeError)
  })

  it("none at all is a set without handlers", () => {
    expect(defineHandlers<object>({})).toEqual({ entries: [], schemas: {}, concurrency: {} })
  })
})

describe("concurrency of defineHandlers", () => {
  it.each([1, 16, 64])("%i → kept by key, and the function is the handler", (concurrency) => {
    const set = defineHandlers<object>({ "payment.*": { concurrency, handle: nothing }, "*": nothing })
    expect(set.concurrency).toEqual({ "payment.*": concurrency })
    expect(set.entries).toEqual([
      ["payment.*", nothing],
      ["*", nothing],
    ])
  })

  it.each([
    {
      why: "the rule",
      value: { concurrency: 65, handle: nothing },
      want: /"a\.b" must be a whole number from 1 to 64/,
    },
    {
      why: "the setting",
      value: { concurrency: 1, handle: nothing, retries: 3 },
      want: /"a\.b" has a setting retries/,
    },
    { why: "the form", value: { concurrency: 1 }, want: /"a\.b" must be a function, or \{ concurrency, handle \}/ },
  ])("the message names the key and $why", ({ value, want }) => {
    expect(() => defineAnything({ "a.b": value })).toThrow(want)
  })
})

describe("which handlers run", () => {
  const handlers = {
    last: nothing,
    first: (): void => {},
    family: (): void => {},
    deep: (): void => {},
    exact: (): void => {},
  }
  const set = defineHandlers<object>({
    "payment.*": handlers.family,
    "*": handlers.first,
    "payment.card.*": handlers.deep,
    "payment.settled": handlers.exact,
    "decision.completed": handlers.last,
  })
  const nameOf = (handler: unknown): string =>
    Object.entries(handlers).find(([, each]) => each === handler)?.[0] ?? "no handler of ours"

  it.each([
    {
      why: "every key that matches, in the order of the file",
      type: "payment.settled",
      want: ["family", "first", "exact"],
    },
    { why: "family and its family", type: "payment.card.settled", want: ["family", "first", "deep"] },
    { why: "not the most exact one only", type: "decision.completed", want: ["first", "last"] },
    { why: "the star alone", type: "card.blocked", want: ["first"] },
  ])("$why: $type → $want", ({ type, want }) => {
    expect(handlersOf(set, type).map(nameOf)).toEqual(want)
  })

  it("none where no key matches", () => {
    expect(handlersOf(defineHandlers<object>({ "payment.*": nothing }), "card.blocked")).toEqual([])
  })
})

it("keeps the schemas with the handlers", () => {
  const schemas = { "card.blocked": v.object({ id: v.string() }) }
  expect(defineHandlers<unknown, typeof schemas>({ "card.blocked": nothing }, schemas).schemas).toBe(schemas)
})
