import { type } from "arktype"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { z } from "zod"
import type { WebhookEvent } from "../../src/events/event.ts"
import { checkPayload, type StandardSchema } from "../../src/events/schema.ts"
import { sampleEvent } from "../support/delivery.ts"

const TYPE = "decision.completed"

const eventWith = (object: unknown, changes: Record<string, unknown> = {}): WebhookEvent =>
  sampleEvent({ data: { object }, ...changes }) as unknown as WebhookEvent

/** One contract in the words of each library. `amount` comes as text and leaves as a number. */
const libraries: readonly { library: string; payload: StandardSchema; asynchronous: StandardSchema }[] = [
  {
    library: "valibot",
    payload: v.object({
      id: v.string(),
      amount: v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number)),
      items: v.array(v.object({ price: v.number() })),
    }),
    asynchronous: v.pipeAsync(
      v.object({ id: v.string() }),
      v.checkAsync(async () => await Promise.resolve(true)),
    ),
  },
  {
    library: "zod",
    payload: z.object({
      id: z.string(),
      amount: z.string().regex(/^\d+$/).transform(Number),
      items: z.array(z.object({ price: z.number() })),
    }),
    asynchronous: z.object({ id: z.string() }).refine(async () => await Promise.resolve(true)),
  },
  {
    library: "arktype",
    payload: type({
      id: "string",
      amount: type("string")
        .matching(/^\d+$/)
        .pipe((text) => Number(text)),
      items: type({ price: "number" }).array(),
    }),
    // arktype has none of its own: this is what a library that awaits looks like to us.
    asynchronous: {
      "~standard": {
        version: 1,
        vendor: "arktype",
        validate: async (value) => await Promise.resolve(type({ id: "string" })["~standard"].validate(value)),
      },
    },
  },
]

describe.each(libraries)("$library, through the Standard Schema convention: spec 3.11", ({ payload, asynchronous }) => {
  const good = { id: "dec_1", amount: "1200", items: [{ price: 1 }] }

  it.each([
    { why: "valid", object: good, want: "ok" },
    { why: "no items", object: { ...good, items: [] }, want: "ok" },
    { why: "field missing", object: { amount: "1200", items: [] }, want: "data.object.id" },
    { why: "field of another type", object: { ...good, id: 1 }, want: "data.object.id" },
    { why: "field null", object: { ...good, id: null }, want: "data.object.id" },
    { why: "output instead of input", object: { ...good, amount: 1200 }, want: "data.object.amount" },
    {
      why: "what the transform would make NaN of",
      object: { ...good, amount: "12 pounds" },
      want: "data.object.amount",
    },
    { why: "object for a list", object: { ...good, items: {} }, want: "data.object.items" },
    { why: "deep in the first item", object: { ...good, items: [{ price: "1" }] }, want: "data.object.items.0.price" },
    {
      why: "deep in the second item",
      object: { ...good, items: [{ price: 1 }, {}] },
      want: "data.object.items.1.price",
    },
    { why: "an item that is none", object: { ...good, items: [null] }, want: "data.object.items.0" },
  ])("$why → $want", ({ object, want }) => {
    const result = checkPayload(eventWith(object), { [TYPE]: payload })
    expect(result.ok ? "ok" : result.error.param).toBe(want)
    if (!result.ok) expect(result.error).toMatchObject({ code: "invalid_value_type", status: 422 })
  })

  it("puts what the schema made of the payload into the event, and changes nothing else", () => {
    const event = eventWith(good, { account: "acc_1" })
    const result = checkPayload(event, { [TYPE]: payload })
    expect(result).toEqual({ ok: true, value: { ...event, data: { object: { ...good, amount: 1200 } } } })
    expect(event.data.object).toEqual(good)
  })

  it("keeps previous and what else stands in data", () => {
    const data = { object: good, previous: { amount: "1100" }, next: 1 }
    const result = checkPayload(eventWith(good, { data }), { [TYPE]: payload })
    expect(result).toMatchObject({ ok: true, value: { data: { previous: { amount: "1100" }, next: 1 } } })
  })

  it("an event of a type without a schema comes back as it is", () => {
    const event = eventWith({ id: 1 }, { type: "payment.settled" })
    expect(checkPayload(event, { [TYPE]: payload })).toEqual({ ok: true, value: event })
  })

  it("a family's name is no type, so its schema takes nothing", () => {
    expect(checkPayload(eventWith({ id: 1 }), { "decision.*": payload })).toMatchObject({ ok: true })
  })

  it("asynchronous → TypeError, because an event would pass unchecked", () => {
    expect(() => checkPayload(eventWith(good), { [TYPE]: asynchronous })).toThrow(TypeError)
  })
})

it("without schemas every payload passes", () => {
  const event = eventWith({ anything: [1] })
  expect(checkPayload(event, {})).toEqual({ ok: true, value: event })
})

/** A schema that refuses everything, for these reasons. */
const withIssues = (
  ...issues: { message: string; path?: (PropertyKey | { key: PropertyKey })[] }[]
): StandardSchema => ({
  "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) },
})

const paramOf = (schema: StandardSchema): string | undefined => {
  const result = checkPayload(eventWith({}), { [TYPE]: schema })
  return result.ok ? "ok" : result.error.param
}

describe("the path to a field is the sender's text, so it is bounded: spec 3.8", () => {
  it.each([
    { why: "no path", path: undefined, want: "data.object" },
    { why: "empty path", path: [], want: "data.object" },
    { why: "keys", path: ["items", 0, "price"], want: "data.object.items.0.price" },
    { why: "segments", path: [{ key: "items" }, { key: 0 }, { key: "price" }], want: "data.object.items.0.price" },
    { why: "just long enough", path: ["k".repeat(244)], want: `data.object.${"k".repeat(244)}` },
    { why: "one character too long", path: ["k".repeat(245)], want: `data.object.${"k".repeat(244)}` },
    { why: "many segments", path: Array.from({ length: 10_000 }, () => "k"), want: `data.object${".k".repeat(122)}.` },
    { why: "a prototype's name", path: ["__proto__", "constructor"], want: "data.object.__proto__.constructor" },
  ])("$why → $want", ({ path, want }) => {
    const param = paramOf(withIssues({ message: "no", ...(path && { path }) }))
    expect(param).toBe(want)
    expect(param!.length).toBeLessThanOrEqual(256)
  })

  it("only the first issue is reported: spec 4.1", () => {
    expect(paramOf(withIssues({ message: "a", path: ["a"] }, { message: "b", path: ["b"] }))).toBe("data.object.a")
  })

  it("a refusal without issues is one all the same", () => {
    expect(paramOf(withIssues())).toBe("data.object")
  })

  it("a key that is a symbol is no reason to fall over", () => {
    expect(paramOf(withIssues({ message: "no", path: [Symbol("secret")] }))).toMatch(/^data\.object/)
  })

  it("a schema's message, which may quote the value, is not in the refusal", () => {
    const result = checkPayload(eventWith({}), { [TYPE]: withIssues({ message: "got 4929-1234", path: ["card"] }) })
    expect(JSON.stringify(result)).not.toContain("4929")
  })

  it("a real library's path through hostile keys is cut, too", () => {
    const schema = z.object({ fields: z.record(z.string(), z.number()) })
    const result = checkPayload(eventWith({ fields: { ["k".repeat(100_000)]: "1" } }), { [TYPE]: schema })
    expect(result.ok ? "ok" : result.error.param?.length).toBe(256)
  })
})
