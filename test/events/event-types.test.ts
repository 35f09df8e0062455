// A failure here is an error of `tsc -p test`: at run time expectTypeOf does nothing.

import { type } from "arktype"
import * as v from "valibot"
import { describe, expect, expectTypeOf, it } from "vitest"
import { z } from "zod"
import type { EventPayloads, OtherEvent, WebhookEvent } from "../../src/events/event.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import type { AnyEvent } from "../../src/events/schema.ts"
import { checkWebhook, createVerifier, verifyWebhook } from "../../src/verify/verifier.ts"
import { NOW, sampleBody, SECRET, signatureHeader } from "../support/delivery.ts"

const options = { secrets: [SECRET], now: NOW }
const body = sampleBody()
const headers = { "Credicorp-Signature": await signatureHeader(body) }

describe("comparing type narrows the payload", () => {
  const event = verifyWebhook(body, headers, options)

  it("if", () => {
    if (event.type !== "decision.completed") throw new TypeError("the sample is a decision")
    expectTypeOf(event.data.object).toEqualTypeOf<EventPayloads["decision.completed"]>()
    expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
    expect(event.data.object.amount).toBe(1200)
  })

  it("switch, whose default takes the types of tomorrow", () => {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the list of types is open
    switch (event.type) {
      case "decision.completed":
        expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
        break
      case "enquiry.created":
        expectTypeOf(event.data.object.form).toEqualTypeOf<string>()
        break
      default:
        expectTypeOf(event.type).toExtend<string>()
    }
    expect(event.type).toBe("decision.completed")
  })

  it("destructured", () => {
    const { type: name, data } = event
    expectTypeOf(name).toExtend<string>()
    expectTypeOf(data.object).toExtend<object>()
    expect(name).toBe("decision.completed")
  })

  it("of checkWebhook's event, too", () => {
    const result = checkWebhook(body, headers, options)
    if (!result.ok) throw result.error
    expectTypeOf(result.event).toEqualTypeOf<AnyEvent>()
    if (result.event.type === "enquiry.created") expectTypeOf(result.event.data.object.dept).toEqualTypeOf<string>()
    expect(result.event.type).toBe("decision.completed")
  })
})

describe("a type that is not declared stays representable", () => {
  it("as an event of unknown payload", async () => {
    const unknown = sampleBody({ type: "card.blocked" })
    const event = verifyWebhook(unknown, { "Credicorp-Signature": await signatureHeader(unknown) }, options)
    expectTypeOf<OtherEvent>().toExtend<AnyEvent>()
    expectTypeOf(event).toExtend<WebhookEvent<string, object>>()
    const name: string = event.type
    expect(name).toBe("card.blocked")
  })

  it("with fields whose type nobody knows", () => {
    expectTypeOf<OtherEvent["data"]["object"]["anything"]>().toEqualTypeOf<unknown>()
  })
})

describe("events types the payload of createVerifier's and verifyWebhook's events: spec 3.11", () => {
  const events = {
    "decision.completed": v.object({ id: v.string(), amount: v.pipe(v.number(), v.transform(String)) }),
    "card.opened": z.object({ id: z.string() }),
    "card.lost": type({ id: "string", count: "number" }),
  }

  it("by what the schema puts out", () => {
    const event = createVerifier({ ...options, events }).verify(body, headers)
    expectTypeOf(event).toEqualTypeOf<AnyEvent<typeof events>>()
    if (event.type === "card.opened") expectTypeOf(event.data.object).toEqualTypeOf<{ id: string }>()
    if (event.type === "card.lost") expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; count: number }>()
    if (event.type === "enquiry.created") expectTypeOf(event.data.object.form).toEqualTypeOf<string>()
    if (event.type !== "decision.completed") throw new TypeError("the sample is a decision")
    expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; amount: string }>()
    expect(event.data.object).toEqual({ id: "dec_1", amount: "1200" })
  })

  it("written where it is used", () => {
    const event = verifyWebhook(body, headers, { ...options, events: { "card.lost": z.object({ count: z.number() }) } })
    if (event.type === "card.lost") expectTypeOf(event.data.object.count).toEqualTypeOf<number>()
    expect(event.type).toBe("decision.completed")
  })
})

it("a schema under a pattern is a type error: it would never be asked, and every payload would pass", () => {
  const schema = v.object({ id: v.string() })
  createVerifier({ secrets: ["whsec_a"], events: { "payment.settled": schema } })
  // @ts-expect-error -- a family is a pattern
  expect(() => createVerifier({ secrets: ["whsec_a"], events: { "payment.*": schema } })).toThrow(TypeError)
  // @ts-expect-error -- and so is everything
  expect(() => createVerifier({ secrets: ["whsec_a"], events: { "*": schema } })).toThrow(TypeError)
  expect(() => defineHandlers({}, { "payment.*": schema })).toThrow(TypeError)
})
