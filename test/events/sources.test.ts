import * as v from "valibot"
import { describe, expect, expectTypeOf, it } from "vitest"
import { defineHandlers } from "../../src/events/handlers.ts"
import {
  concurrencyOf,
  defineSource,
  defineSources,
  lanesOf,
  toSources,
  variablePrefixOf,
} from "../../src/events/sources.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import { github, shopify, slack, stripe } from "../../src/providers.ts"

const nothing = (): void => {}

describe("defineSources", () => {
  it("mounts providers under names, with the variable of their secrets and lanes of their own", () => {
    const { sources } = defineSources({
      credicorp: defineHandlers({ "payment.*": nothing }),
      stripe: defineSource(stripe, { "payment.*": { concurrency: 2, handle: nothing }, "*": nothing }),
      "stripe-eu": defineSource(stripe, { "payment.*": nothing }, { secretsVariable: "EU_SIGNING_SECRET" }),
    })
    expect(sources.map(({ name, provider, secretsVariable }) => [name, provider.name, secretsVariable])).toEqual([
      ["credicorp", "credicorp", "WEBHOOK_SECRETS"],
      ["stripe", "stripe", "STRIPE_WEBHOOK_SECRETS"],
      ["stripe-eu", "stripe", "EU_SIGNING_SECRET"],
    ])
    expect(lanesOf(sources)).toEqual(["payment.*", "stripe:payment.*", "stripe:*", "stripe-eu:payment.*"])
    expect(concurrencyOf(sources)).toEqual({ "stripe:payment.*": 2 })
  })

  it("handlers alone are those of the source credicorp", () => {
    const [source, ...others] = toSources(defineHandlers({ "payment.*": nothing }))
    expect([source?.name, source?.provider, others]).toEqual(["credicorp", credicorp, []])
  })

  it.each([
    ["credicorp", ""],
    ["stripe", "STRIPE_"],
    ["stripe-eu-2", "STRIPE_EU_2_"],
  ])("the variables of %s begin with %j", (name, want) => {
    expect(variablePrefixOf(name)).toBe(want)
  })

  const one = defineSource(stripe, { "*": nothing })
  it.each<{ why: string; definitions: Record<string, never>; want: RegExp }>([
    { why: "no source", definitions: {}, want: /at least one source/ },
    ...["", "Stripe", "stripe_eu", "a/b", "a:b", "countersign", "a".repeat(33)].map((name) => ({
      why: `the name ${name}`,
      definitions: { [name]: one } as never,
      want: /is not the name of a source: it takes 1 to 32 of a-z, 0-9 and -/,
    })),
    {
      why: "another provider under the name of stored lanes without prefix",
      definitions: { credicorp: one } as never,
      want: /the source credicorp must have the provider credicorp/,
    },
    {
      why: "two names, one variable",
      definitions: { a: one, b: defineSource(stripe, {}, { secretsVariable: "A_WEBHOOK_SECRETS" }) } as never,
      want: /two sources would read their secrets from one variable/,
    },
  ])("refuses $why", ({ definitions, want }) => {
    expect(() => defineSources(definitions)).toThrow(want)
  })
})

describe("defineSource: patterns by the provider's separator (spec 7.7)", () => {
  it.each([
    { provider: stripe, pattern: "invoice.*" },
    { provider: stripe, pattern: "invoice.payment_failed" },
    { provider: stripe, pattern: "*" },
    { provider: shopify, pattern: "orders/*" },
    { provider: shopify, pattern: "orders/create" },
    { provider: github, pattern: "pull_request" },
    { provider: slack, pattern: "app_mention" },
  ])("$provider.name takes $pattern", ({ provider, pattern }) => {
    expect(defineSource(provider, { [pattern]: nothing }).handlers.entries).toHaveLength(1)
  })

  it.each([
    { provider: stripe, pattern: "invoice*" },
    { provider: stripe, pattern: "invoice/*" },
    { provider: stripe, pattern: ".*" },
    { provider: stripe, pattern: "**" },
    { provider: stripe, pattern: "invoice paid" },
    { provider: stripe, pattern: "" },
    { provider: shopify, pattern: "orders.*" },
    { provider: shopify, pattern: "orders/*/x*" },
    { provider: github, pattern: "pull.*" },
    { provider: github, pattern: "pull_*" },
    { provider: github, pattern: "a".repeat(129) },
  ])("$provider.name refuses $pattern", ({ provider, pattern }) => {
    expect(() => defineSource(provider, { [pattern]: nothing })).toThrow(/is not an event type/)
  })

  it.each([
    { why: "a mistyped option", make: () => defineSource(stripe, {}, { schema: {} } as never), want: /schema/ },
    {
      why: "a variable that is no name",
      make: () => defineSource(stripe, {}, { secretsVariable: "whsec_1=2" }),
      want: /secretsVariable must be the name of a variable/,
    },
    { why: "no provider", make: () => defineSource(undefined as never, {} as never), want: /takes a provider/ },
    {
      why: "a schema under a family",
      make: () => defineSource(stripe, {}, { schemas: { "invoice.*": v.object({}) } }),
      want: /events must be by type/,
    },
    {
      why: "a handler that is none",
      make: () => defineSource(stripe, { "invoice.paid": "x" as never }),
      want: /must be a function/,
    },
  ])("refuses $why", ({ make, want }) => {
    expect(make).toThrow(want)
  })
})

describe("types", () => {
  interface Env {
    readonly RELEASES: string
  }

  it("events of a type with a schema are typed by it, others are ProviderEvent, Credicorp's are its own", () => {
    const schemas = { "invoice.paid": v.object({ id: v.string(), data: v.object({ amount: v.number() }) }) }
    const { sources } = defineSources<Env>({
      credicorp: defineHandlers<Env>({
        "decision.completed": (event) => {
          expectTypeOf(event.data.object.amount).toEqualTypeOf<number>()
        },
      }),
      stripe: defineSource(
        stripe,
        {
          "invoice.paid": (event, { env }) => {
            expectTypeOf(event.payload.data.amount).toEqualTypeOf<number>()
            expectTypeOf(event.type).toEqualTypeOf<"invoice.paid" | undefined>()
            expectTypeOf(env).toEqualTypeOf<Env>()
          },
          "*": (event) => {
            expectTypeOf(event.payload).toEqualTypeOf<unknown>()
          },
        },
        { schemas },
      ),
      test: defineSource(credicorp, {
        "payment.settled": (event) => {
          expectTypeOf(event.data.object).toEqualTypeOf<Record<string, unknown>>()
        },
      }),
    })
    expect(sources).toHaveLength(3)
  })
})
