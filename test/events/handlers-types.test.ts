// A failure here is an error of `tsc -p test`: at run time expectTypeOf does nothing.

import { type } from "arktype"
import * as v from "valibot"
import { describe, expect, expectTypeOf, it } from "vitest"
import { z } from "zod"
import type { EventPayloads, PayloadOf, WebhookEvent } from "../../src/events/event.ts"
import { defineHandlers, type ClosedHandlers } from "../../src/events/handlers.ts"

interface Env {
  readonly RELEASES: string
}

// What a user writes as `declare module "countersign"`.
declare module "../../src/events/event.ts" {
  interface EventPayloads {
    "merged.once": { readonly id: string; readonly count: number }
    "merged.twice": { readonly id: string; readonly list: readonly string[] }
  }
}

const nothing = (): void => {}
const takesTextAmounts = (event: WebhookEvent<"decision.completed", { amount: string }>): void =>
  void event.data.object.amount

it("a concurrency is a number, and there are no other settings", () => {
  // @ts-expect-error -- text
  expect(() => defineHandlers<Env>({ "application.funded": { concurrency: "1", handle: nothing } })).toThrow(TypeError)
  // @ts-expect-error -- no such setting
  expect(() => defineHandlers<Env>({ "application.funded": { retries: 1, handle: nothing } })).toThrow(TypeError)
})

describe("a handler's event is typed by its key", () => {
  it("exact type: its payload, and the bindings in the context", () => {
    const set = defineHandlers<Env>({
      "decision.completed": (event, context) => {
        expectTypeOf(event.type).toEqualTypeOf<"decision.completed">()
        expectTypeOf(event.data.object).toEqualTypeOf<EventPayloads["decision.completed"]>()
        expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
        expectTypeOf(event.data.previous).toEqualTypeOf<Partial<EventPayloads["decision.completed"]> | undefined>()
        expectTypeOf(context.env).toEqualTypeOf<Env>()
        expectTypeOf(context.attempt).toEqualTypeOf<number>()
        expectTypeOf(context.deliveryId).toEqualTypeOf<string | undefined>()
      },
      "payment.settled": {
        concurrency: 1,
        handle: (event, context) => {
          expectTypeOf(event.type).toEqualTypeOf<"payment.settled">()
          expectTypeOf(context.env).toEqualTypeOf<Env>()
        },
      },
      "my.own": {
        concurrency: 1,
        handle: ({ data }) => {
          expectTypeOf(data.object).toEqualTypeOf<Record<string, unknown>>()
        },
      },
      "enquiry.created": (event) => {
        expectTypeOf(event.data.object.form).toEqualTypeOf<string>()
        // @ts-expect-error -- the payload has no such field
        void event.data.object.amount
      },
    })
    expect(set.entries.length).toBe(4)
  })

  it("an outcome is one of those seen, and may be another", () => {
    const outcomes: EventPayloads["decision.completed"]["outcome"][] = ["approved", "declined", "referred"]
    expect(outcomes.length).toBe(3)
  })

  it("family: the union of its known types", () => {
    const set = defineHandlers<Env>({
      "payment.*": (event) => {
        expectTypeOf(event.type).toEqualTypeOf<"payment.settled" | "payment.succeeded">()
        expectTypeOf(event.data.object).toEqualTypeOf<Record<string, unknown>>()
      },
      "decision.*": (event) => {
        expectTypeOf(event.type).toEqualTypeOf<"decision.completed">()
        expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
      },
      "merged.*": (event) => {
        expectTypeOf(event.type).toEqualTypeOf<"merged.once" | "merged.twice">()
        if (event.type === "merged.once") expectTypeOf(event.data.object.count).toEqualTypeOf<number>()
        else expectTypeOf(event.data.object.list).toEqualTypeOf<readonly string[]>()
      },
    })
    expect(set.entries.length).toBe(3)
  })

  it("a type that is not declared, its family, and *: an event of unknown payload", () => {
    const set = defineHandlers<Env>({
      "card.blocked": (event) => {
        expectTypeOf(event).toEqualTypeOf<WebhookEvent>()
        expectTypeOf(event.data.object).toEqualTypeOf<Record<string, unknown>>()
      },
      "card.*": (event, { env }) => {
        expectTypeOf(event).toEqualTypeOf<WebhookEvent>()
        expectTypeOf(env).toEqualTypeOf<Env>()
      },
      "*": (event) => {
        expectTypeOf(event).toEqualTypeOf<WebhookEvent>()
      },
    })
    expect(set.entries.length).toBe(3)
  })

  it("declaration merging adds types", () => {
    expectTypeOf<PayloadOf<"merged.once">>().toEqualTypeOf<{ readonly id: string; readonly count: number }>()
    expectTypeOf<PayloadOf<"card.blocked">>().toEqualTypeOf<Record<string, unknown>>()
    const set = defineHandlers<Env>({
      "merged.once": (event) => {
        expectTypeOf(event.data.object.count).toEqualTypeOf<number>()
      },
    })
    expect(set.entries.length).toBe(1)
  })

  it("may be asynchronous, and may take fewer arguments", () => {
    const set = defineHandlers<Env>({
      "decision.completed": async (event) => {
        await Promise.resolve(event.data.object.amount)
      },
      "payment.settled": nothing,
      "*": async () => {
        await Promise.resolve()
      },
    })
    expect(set.entries.length).toBe(3)
  })

  it("bindings need not be named", () => {
    const set = defineHandlers({
      "payment.*": nothing,
      "decision.completed": (event) => {
        expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
      },
    })
    expect(set.entries.length).toBe(2)
  })
})

describe("what does not compile", () => {
  it.each([
    {
      why: "one word",
      // @ts-expect-error -- a key has a dot in it, or is *
      define: () => defineHandlers<Env>({ decision: nothing }),
    },
    {
      why: "no function",
      // @ts-expect-error -- not a function
      define: () => defineHandlers<Env>({ "decision.completed": "release" }),
    },
  ])("$why, and throws a TypeError", ({ define }) => {
    expect(define).toThrow(TypeError)
  })

  it("a handler for another payload", () => {
    // @ts-expect-error -- the amount of a decision is a number
    const set = defineHandlers<Env>({ "decision.completed": takesTextAmounts })
    expect(set.entries.length).toBe(1)
  })
})

describe("schemas type the payload: spec 3.11", () => {
  const schemas = {
    "card.blocked": v.object({ id: v.string(), at: v.pipe(v.string(), v.transform(Number)) }),
    "card.opened": z.object({ id: z.string(), at: z.string().transform(Number) }),
    "card.lost": type({ id: "string", count: "number" }),
    "decision.completed": v.object({ id: v.string(), amount: v.pipe(v.number(), v.transform(String)) }),
  }

  it("each by what it puts out, in place of what is declared", () => {
    const set = defineHandlers<Env, typeof schemas>(
      {
        "card.blocked": (event) => {
          expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; at: number }>()
        },
        "card.opened": (event) => {
          expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; at: number }>()
        },
        "card.lost": (event) => {
          expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; count: number }>()
        },
        "card.*": (event) => {
          expectTypeOf(event.type).toEqualTypeOf<"card.blocked" | "card.opened" | "card.lost">()
          if (event.type === "card.lost") expectTypeOf(event.data.object.count).toEqualTypeOf<number>()
        },
        "decision.completed": (event) => {
          expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; amount: string }>()
        },
        "enquiry.created": (event) => {
          expectTypeOf(event.data.object.form).toEqualTypeOf<string>()
        },
        "*": (event) => {
          expectTypeOf(event).toEqualTypeOf<WebhookEvent>()
        },
      },
      schemas,
    )
    expect(set.schemas).toBe(schemas)
  })

  it("types and schemas cannot come apart", () => {
    // @ts-expect-error -- typed by schemas that are not there
    const without = defineHandlers<Env, typeof schemas>({})
    // @ts-expect-error -- schemas that type nothing
    const untyped = defineHandlers<Env>({}, schemas)
    expect([without.schemas, untyped.schemas]).toEqual([{}, schemas])
  })
})

describe("a list that the user closed", () => {
  const schemas = { "card.blocked": v.object({ id: v.string(), at: v.pipe(v.string(), v.transform(Number)) }) }

  it("takes what is declared, typed as ever: exact types, families, *", () => {
    const set = defineHandlers<Env>({
      "decision.completed": (event, { env }) => {
        expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
        expectTypeOf(env).toEqualTypeOf<Env>()
      },
      "payment.*": (event) => {
        expectTypeOf(event.type).toEqualTypeOf<"payment.settled" | "payment.succeeded">()
      },
      "merged.once": (event) => {
        expectTypeOf(event.data.object.count).toEqualTypeOf<number>()
      },
      "*": (event) => {
        expectTypeOf(event).toEqualTypeOf<WebhookEvent>()
      },
    } satisfies ClosedHandlers<Env>)
    expect(set.entries.length).toBe(4)
  })

  it("takes what has a schema, typed by it", () => {
    const set = defineHandlers<Env, typeof schemas>(
      {
        "card.blocked": (event) => {
          expectTypeOf(event.data.object).toEqualTypeOf<{ id: string; at: number }>()
        },
      } satisfies ClosedHandlers<Env, typeof schemas>,
      schemas,
    )
    expect(set.entries.length).toBe(1)
  })

  it("refuses a type, or a family, that nobody declared", () => {
    // @ts-expect-error -- a letter is missing
    defineHandlers<Env>({ "decision.complete": nothing } satisfies ClosedHandlers<Env>)
    // @ts-expect-error -- no type is in this family
    defineHandlers<Env>({ "card.*": nothing } satisfies ClosedHandlers<Env>)
    // @ts-expect-error -- without its schema it is not declared
    const set = defineHandlers<Env>({ "card.blocked": nothing } satisfies ClosedHandlers<Env>)
    // It compiles where the list is open.
    expect(set).toEqual(defineHandlers<Env>({ "card.blocked": nothing }))
  })
})
