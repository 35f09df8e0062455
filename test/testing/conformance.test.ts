// Catches a suite that lets a broken receiver pass, or finds fault with a sound one.

import { Hono } from "hono"
import { describe, expect, it } from "vitest"
import type { HandOff } from "../../src/events/hand-off.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import { webhook } from "../../src/hono.ts"
import { conformance, type CaseResult } from "../../src/testing/conformance.ts"
import { sampleEvent } from "../../src/testing/sample-event.ts"
import { NOW, SECRET } from "../support/delivery.ts"
import { createReceiver, type TestEnv } from "../support/receiver.ts"
import { createSloppyReceiver, MAX_BODY_BYTES, type Flaw } from "./sloppy-receiver.ts"

const brokenOf = (cases: readonly CaseResult[]): readonly CaseResult[] => cases.filter(({ ok }) => !ok)

/** `1.5 signed too far ahead`. */
const namesOf = (cases: readonly CaseResult[]): readonly string[] => cases.map(({ spec, name }) => `${spec} ${name}`)

/** What a store does, without one. */
function createStore(): { readonly handled: string[]; readonly handOff: HandOff } {
  const handled: string[] = []
  const handOff: HandOff = async ({ eventId, known }) => {
    if (!known) return "ignored"
    if (handled.includes(eventId)) return "duplicate"
    handled.push(eventId)
    return "accepted"
  }
  return { handled, handOff }
}

describe("receivers of ours", () => {
  const settings = { maxBodyBytes: MAX_BODY_BYTES, livemode: false }
  const told = { secrets: [SECRET], now: NOW, ...settings }

  it.each(["ignore", "reject"] as const)(
    "the app with a store, unknown types: %s → keeps every promise",
    async (unknownEvents) => {
      const { handled, handOff } = createStore()
      const { fetch } = createReceiver({ ...settings, unknownEvents, handOff })
      const cases = await conformance(fetch, { ...told, unknownEvents, handled: () => handled })
      expect(brokenOf(cases)).toEqual([])
      expect(cases.length).toBeGreaterThan(90)
    },
  )

  it("the app without a store → handles what comes twice twice, as the README says, and keeps every other promise", async () => {
    const handled: string[] = []
    const handlers = defineHandlers<TestEnv>({ "decision.completed": ({ id }) => void handled.push(id) })
    const { fetch } = createReceiver({ ...settings, handlers })
    const cases = await conformance(fetch, { ...told, unknownEvents: "ignore", handled: () => handled })
    expect(namesOf(brokenOf(cases))).toEqual([
      "1.6 a retry is signed anew",
      "2.4 one event in two deliveries is handled once",
      "2.4 one event in two deliveries at once is handled once",
    ])
  })

  it("the middleware of countersign/hono → every promise but the router's method", async () => {
    const { handled, handOff } = createStore()
    const app = new Hono().post(
      "/webhooks/credicorp",
      webhook({ ...settings, secrets: [SECRET], now: NOW }),
      async (c) => {
        const { id, type } = c.var.webhook
        const known = type === "decision.completed"
        const rest = { source: "credicorp", dedupeKey: id, body: new Uint8Array(), deliveryId: undefined }
        await handOff({
          ...rest,
          eventId: id,
          eventType: type,
          known,
          secretId: c.var.webhookSecretId,
          receivedAt: NOW,
        })
        return c.body(null, 204)
      },
    )
    const cases = await conformance((request) => app.fetch(request), {
      ...told,
      unknownEvents: "ignore",
      handled: () => handled,
    })
    expect(brokenOf(cases).map(({ spec, want, got }) => `${spec} ${want}, got ${got}`)).toEqual(
      Array(3).fill("3.2 405 method_not_allowed with Allow, got 404"),
    )
  })

  it("a receiver that goes by the system clock and takes other events, told nothing else", async () => {
    const { fetch } = createReceiver({ clock: Date.now })
    const event = sampleEvent("enquiry.created")
    expect(brokenOf(await conformance(fetch, { secrets: [SECRET], event }))).toEqual([])
  })
})

const TOLD = {
  secrets: [SECRET],
  now: NOW,
  maxBodyBytes: MAX_BODY_BYTES,
  livemode: false,
  unknownEvents: "ignore",
} as const

async function tryOut(...flaws: readonly Flaw[]): Promise<readonly CaseResult[]> {
  const { fetch, handled } = createSloppyReceiver(SECRET, Object.fromEntries(flaws.map((flaw) => [flaw, true])))
  return brokenOf(await conformance(fetch, { ...TOLD, handled: () => handled }))
}

const malformed = (...ways: string[]): string[] => ways.map((way) => `1.7 a malformed header: ${way}`)

describe("a receiver of another make", () => {
  it("without a flaw → keeps every promise", async () => {
    expect(await tryOut()).toEqual([])
  })

  it.each<{ flaw: Flaw; breaks: readonly string[] }>([
    { flaw: "noSignatureCheck", breaks: ["1.2 another's signature", "1.3 a byte more in the body"] },
    { flaw: "unsigned", breaks: ["1.8 no signature", "1.8 an empty signature header"] },
    { flaw: "noTimeCheck", breaks: ["1.5 signed too long ago", "1.5 signed in 1970", "1.5 signed too far ahead"] },
    { flaw: "noFutureBound", breaks: ["1.5 signed too far ahead", "1.5 signed ten years ahead"] },
    {
      flaw: "exclusiveEdges",
      breaks: ["1.5 signed within the tolerance ago", "1.5 signed within the tolerance ahead"],
    },
    {
      flaw: "oneTooMany",
      breaks: ["1.5 a second older than the tolerance", "1.5 a second further ahead than the tolerance"],
    },
    { flaw: "parseInt", breaks: malformed("trailingTime", "fractionTime", "plusTime", "zeroLedTime") },
    { flaw: "numberTime", breaks: malformed("hexTime", "exponentTime", "fractionTime") },
    { flaw: "lastTime", breaks: malformed("twoTimes") },
    { flaw: "trimItems", breaks: malformed("spacedEquals", "semicolons") },
    {
      flaw: "onlyCommas",
      breaks: ["1.7 items separated by spaces and tabs", "1.7 a comma and a space, as joined lines have"],
    },
    { flaw: "orderedItems", breaks: ["1.7 the signature before the time"] },
    { flaw: "onlyFirst", breaks: ["1.2 the second of two signatures matches"] },
    { flaw: "onlyLast", breaks: ["1.2 the first of two signatures matches"] },
    { flaw: "anyCase", breaks: malformed("upperCase") },
    { flaw: "prefixMatch", breaks: malformed("shortSignature", "longSignature") },
    { flaw: "spoiled", breaks: ["1.7 a signature that cannot be read beside one that can"] },
    { flaw: "anyVersion", breaks: malformed("otherVersion", "bareSignature") },
    { flaw: "noLimits", breaks: malformed("tooManySignatures", "tooLong") },
    { flaw: "strippedKey", breaks: ["1.2 a signed delivery", "1.4 signed with the secret without its prefix"] },
    { flaw: "eitherKey", breaks: ["1.4 signed with the secret without its prefix"] },
    { flaw: "decodedBody", breaks: ["1.3 other bytes that decode to the same text"] },
    { flaw: "trimmedBody", breaks: ["1.3 a byte more in the body"] },
    {
      flaw: "reserialised",
      breaks: ["1.3 the body parsed and written again", "1.3 a body that no JSON writer would write"],
    },
    { flaw: "replacement", breaks: ["1.3 a body that no JSON writer would write"] },
    { flaw: "bodyOnly", breaks: ["1.2 a signed delivery"] },
    { flaw: "parsedFirst", breaks: ["3.6 forged, and no JSON: nothing is parsed before the signature has passed"] },
    { flaw: "anyPath", breaks: ["3.1 another path"] },
    { flaw: "anyMethod", breaks: ["3.2 PUT instead of POST", "3.2 DELETE instead of POST", "3.2 GET instead of POST"] },
    { flaw: "noAllow", breaks: ["3.2 PUT instead of POST"] },
    {
      flaw: "anyContentType",
      breaks: ["3.3 no Content-Type", "3.3 Content-Type: text/plain", "3.3 Content-Encoding: gzip"],
    },
    { flaw: "exactContentType", breaks: ["3.3 Content-Type: Application/JSON"] },
    { flaw: "anyEncoding", breaks: ["3.3 Content-Encoding: gzip"] },
    { flaw: "typePrefix", breaks: ["3.3 Content-Type: application/jsonp"] },
    { flaw: "signatureFirst", breaks: ["3.3 no signature and another Content-Type: the type comes first"] },
    { flaw: "sizeFirst", breaks: ["3.4 no signature and too large: the header comes first"] },
    { flaw: "noCap", breaks: ["3.5 a byte too large", "3.5 too large, of no announced length"] },
    { flaw: "lengthOnly", breaks: ["3.5 too large, of no announced length"] },
    { flaw: "smallCap", breaks: ["3.5 as large as may be"] },
    { flaw: "lenientUtf8", breaks: ["3.7 signed, and no UTF-8"] },
    { flaw: "lenientBom", breaks: ["3.7 signed, with a byte order mark"] },
    {
      flaw: "noEnvelope",
      breaks: ["3.8 a list of events", "3.8 an event whose id is missing", "3.9 an event of live mode"],
    },
    { flaw: "strictFields", breaks: ["2.2 unknown fields"] },
    { flaw: "looseDates", breaks: [`3.8 an event whose created is "2026-02-30T00:00:00Z"`] },
    {
      flaw: "looseIds",
      breaks: [
        "2.7 an id with nothing behind evt_",
        "2.7 an id of a character too many",
        "2.7 an id with a character that is none of its own",
      ],
    },
    { flaw: "shortIds", breaks: ["2.7 the longest id and api_version"] },
    { flaw: "looseTypes", breaks: ["2.6 a type of one word", "2.6 a type of a character too many"] },
    { flaw: "looseVersions", breaks: ["2.7 an empty api_version", "2.7 an api_version of a character too many"] },
    { flaw: "wrongParam", breaks: ["3.8 an event whose data.object is []"] },
    { flaw: "anyMode", breaks: ["3.9 an event of live mode"] },
    { flaw: "runsUnknown", breaks: ["3.10 an event of a type that is not known"] },
    { flaw: "rejectsUnknown", breaks: ["3.10 an event of a type that is not known"] },
    { flaw: "noDedupe", breaks: ["2.4 one event in two deliveries is handled once"] },
    { flaw: "dedupeByDelivery", breaks: ["2.4 two events under one delivery id, which is not signed"] },
    { flaw: "notesFirst", breaks: ["2.4 an event whose id came in a forged delivery before"] },
    { flaw: "notesLate", breaks: ["2.4 one event in two deliveries at once is handled once"] },
    { flaw: "inOrder", breaks: ["2.4 two events that happened in the other order"] },
    { flaw: "handlesFirst", breaks: ["3.9 an event of live mode"] },
    { flaw: "losesEvents", breaks: ["1.2 a signed delivery"] },
    { flaw: "leaksReason", breaks: ["1.8 no answer holds the reason or the secret"] },
    { flaw: "leaksInHeader", breaks: ["1.8 no answer holds the reason or the secret"] },
    { flaw: "leaksSecret", breaks: ["1.8 no answer holds the reason or the secret"] },
    {
      flaw: "tellsStale",
      breaks: ["1.8 every signature that fails gets the same answer, the id of the request aside"],
    },
    { flaw: "vagueStatus", breaks: ["3.5 a byte too large", "3.8 a list of events"] },
    { flaw: "throws", breaks: ["1.2 another's signature", "1.8 no signature"] },
  ])("$flaw → $breaks", async ({ flaw, breaks }) => {
    expect(namesOf(await tryOut(flaw))).toEqual(expect.arrayContaining([...breaks]))
  })

  it("what was wanted and what came are said in the same form", async () => {
    const [path] = await tryOut("anyPath")
    expect(path).toEqual({
      spec: "3.1",
      name: "another path",
      ok: false,
      want: "404 route_not_found",
      got: "200, handled: 1",
    })
    const [mode] = await tryOut("wrongParam")
    expect(mode).toMatchObject({ want: "422 invalid_value_type type", got: "422 invalid_value_type body" })
    const [first] = await tryOut("throws")
    expect(first!.got).toBe("threw Error: webhook_signature_invalid")
  })
})

describe("a receiver that answers in its own words", () => {
  it("is judged by its statuses", async () => {
    const { fetch } = createSloppyReceiver(SECRET)
    const plain = async (request: Request): Promise<Response> => {
      const { status, headers } = await fetch(request)
      return new Response(status < 300 ? null : "no", { status: status < 300 ? 204 : status, headers })
    }
    expect(brokenOf(await conformance(plain, TOLD))).toEqual([])
  })
})

it.each<{ why: string; handler?: unknown; options: unknown; says: string }>([
  { why: "an empty secret", options: { secrets: [""] }, says: "secrets[0].secret is empty" },
  { why: "white space around a secret", options: { secrets: [` ${SECRET}`] }, says: "white space" },
  { why: "no secrets", options: {}, says: "secrets must be a list" },
  { why: "the old name", options: { secret: SECRET }, says: "options.secret is not an option" },
  { why: "no options", options: undefined, says: "options must be an object" },
  { why: "no handler", handler: undefined, options: TOLD, says: "handler must be a function" },
])("$why → TypeError, because nothing would be tested", async ({ options, says, ...row }) => {
  const handler = "handler" in row ? row.handler : () => new Response()
  const run = conformance(handler as () => Response, options as typeof TOLD)
  await expect(run).rejects.toThrow(TypeError)
  await expect(run).rejects.toThrow(says)
})

it("a receiver with several secrets is signed for with all of them", async () => {
  const secrets = [
    { id: "new", secret: "whsec_another_0123456789" },
    { id: "old", secret: SECRET },
  ]
  const { fetch } = createReceiver({ clock: Date.now, secrets })
  expect(brokenOf(await conformance(fetch, { secrets }))).toEqual([])
})
