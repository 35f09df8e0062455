import { type } from "arktype"
import * as v from "valibot"
import { describe, expectTypeOf, it } from "vitest"
import { z } from "zod"
import { defineHandlers } from "../../src/events/handlers.ts"
import { createVerifier, verifyWebhook } from "../../src/verifier.ts"
import type { WebhookEvent } from "../../src/events/event.ts"

interface Env { readonly RELEASES: string }

describe("x", () => {
  it("y", () => {
    defineHandlers<Env>({
      "decision.completed": (event, context) => {
        expectTypeOf(event.type).toEqualTypeOf<"decision.completed">()
        expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
        expectTypeOf(context.env).toEqualTypeOf<Env>()
      },
      "payment.*": (event) => {
        expectTypeOf(event.type).toEqualTypeOf<"payment.settled" | "payment.succeeded">()
      },
      "decision.*": (event) => {
        expectTypeOf(event.type).toEqualTypeOf<"decision.completed">()
        expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
      },
      "card.blocked": (event) => {
        expectTypeOf(event).toEqualTypeOf<WebhookEvent>()
        expectTypeOf(event.data.object).toEqualTypeOf<Record<string, unknown>>()
      },
      "card.*": (event) => { expectTypeOf(event).toEqualTypeOf<WebhookEvent>() },
      "*": (event) => { expectTypeOf(event).toEqualTypeOf<WebhookEvent>() },
    })
    const schemas = {
      "card.blocked": v.object({ id: v.string(), at: v.pipe(v.string(), v.transform(Number)) }),
      "card.opened": z.object({ id: z.string() }),
      "card.lost": type({ id: "string", n: "number" }),
      "decision.completed": v.object({ id: v.string() }),
    }
    defineHandlers<Env, typeof schemas>({
      "card.blocked": (event) => { expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; at: number }>() },
      "card.opened": (event) => { expectTypeOf(event.data.object).toEqualTypeOf<{ id: string }>() },
      "card.lost": (event) => { expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; n: number }>() },
      "card.*": (event) => {
        expectTypeOf(event.type).toEqualTypeOf<"card.blocked" | "card.opened" | "card.lost">()
      },
      "decision.completed": (event) => { expectTypeOf(event.data.object).toEqualTypeOf<{ id: string }>() },
      "enquiry.created": (event) => { expectTypeOf(event.data.object.form).toEqualTypeOf<string>() },
      "*": (event) => { expectTypeOf(event).toEqualTypeOf<WebhookEvent>() },
    }, schemas)
    // @ts-expect-error
    defineHandlers<Env, typeof schemas>({})
    // @ts-expect-error
    defineHandlers<Env>({}, schemas)
    // @ts-expect-error
    defineHandlers<Env>({ decision: () => {} })
    // @ts-expect-error
    defineHandlers<Env>({ "decision.completed": 3 })
    defineHandlers<Env>({ "decision.completed": async (e) => { await Promise.resolve(e) } })

    const event = verifyWebhook("", {}, { secrets: ["x"] })
    if (event.type === "decision.completed") expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
    else if (event.type === "card.blocked") expectTypeOf(event.data.object).toEqualTypeOf<Record<string, unknown>>()
    const other: string = event.type
    const e2 = createVerifier({ secrets: ["x"], events: schemas }).verify("", {})
    if (e2.type === "card.blocked") expectTypeOf(e2.data.object).toEqualTypeOf<{ id: string; at: number }>()
    if (e2.type === "decision.completed") expectTypeOf(e2.data.object).toEqualTypeOf<{ id: string }>()
    if (e2.type === "who.knows") expectTypeOf(e2.data.object).toEqualTypeOf<Record<string, unknown>>()
    switch (event.type) {
      case "decision.completed":
        expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
        break
      case "enquiry.created":
        expectTypeOf(event.data.object.form).toEqualTypeOf<string>()
        break
      default:
        expectTypeOf(event.data.object).toEqualTypeOf<Record<string, unknown>>()
    }
    void other
  })
})
