import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { errorText } from "../../src/core/error-text.ts"
import { Unavailable } from "../../src/events/hand-off.ts"
import { defineHandlers, type Handler } from "../../src/events/handlers.ts"
import { toLoggedDeliveryId } from "../../src/receiver/log-entry.ts"
import { NOW, SECRET, sampleBody, signatureHeader, signedRequest, type DeliveryOptions } from "../support/delivery.ts"
import { createReceiver, toAnswer, type LogEntry, type ReceiverOptions, type TestEnv } from "../support/receiver.ts"

/** Fields that have a value: `undefined` ones are gone once the line is JSON. */
const fieldsOf = (entry: LogEntry | undefined): unknown => JSON.parse(JSON.stringify(entry))

const failing = (thrown: unknown): ReceiverOptions => ({
  handlers: defineHandlers<TestEnv>({
    "*": () => {
      // oxlint-disable-next-line typescript/only-throw-error -- whatever a user's code may throw
      throw thrown
    },
  }),
})

const signed = { source: "credicorp", delivery_id: "dlv_1", wait_ms: 0 }
const proven = {
  ...signed,
  event_id: "evt_1",
  event_type: "decision.completed",
  secret_id: "test",
  assurance: "verified",
  bytes: sampleBody().length,
}

const refusal = (code: string): Record<string, unknown> => ({ ...signed, level: "warn", outcome: "refused", code })

describe("one line for each delivery", () => {
  interface Row {
    readonly why: string
    readonly delivery?: DeliveryOptions
    readonly receiver?: ReceiverOptions
    readonly want: Record<string, unknown>
  }

  const invalid = refusal("webhook_signature_invalid")

  it.each<Row>([
    { why: "accepted", want: { ...proven, level: "info", outcome: "accepted" } },
    {
      why: "duplicate",
      receiver: { handOff: async () => await Promise.resolve("duplicate") },
      want: { ...proven, level: "info", outcome: "duplicate" },
    },
    {
      why: "ignored",
      delivery: { body: sampleBody({ type: "card.blocked" }) },
      want: {
        ...proven,
        level: "info",
        outcome: "ignored",
        event_type: "card.blocked",
        bytes: sampleBody().length - 6,
      },
    },
    {
      why: "no signature",
      delivery: { headers: { "Credicorp-Signature": undefined } },
      want: { ...refusal("webhook_signature_missing"), reason: "header_missing" },
    },
    {
      why: "malformed signature",
      delivery: { headers: { "Credicorp-Signature": "t=1" } },
      want: { ...invalid, reason: "header_malformed" },
    },
    {
      why: "another's signature",
      delivery: { secret: "whsec_another" },
      want: { ...invalid, reason: "signature_mismatch" },
    },
    { why: "stale", delivery: { time: NOW - 301 }, want: { ...invalid, reason: "timestamp_stale" } },
    { why: "ahead", delivery: { time: NOW + 301 }, want: { ...invalid, reason: "timestamp_ahead" } },
    {
      why: "another content type",
      delivery: { headers: { "Content-Type": "text/plain" } },
      want: refusal("unsupported_media_type"),
    },
    { why: "too large", receiver: { maxBodyBytes: 10 }, want: refusal("request_body_too_large") },
    {
      why: "not JSON",
      delivery: { body: "{" },
      want: { ...refusal("invalid_json"), secret_id: "test", assurance: "verified", bytes: 1 },
    },
    {
      why: "not an event",
      delivery: { body: sampleBody({ created: 1 }) },
      want: {
        ...refusal("invalid_value_type"),
        param: "created",
        secret_id: "test",
        assurance: "verified",
        bytes: sampleBody({ created: 1 }).length,
      },
    },
    {
      why: "another mode",
      receiver: { livemode: true },
      want: { ...proven, ...refusal("invalid_value_type"), param: "livemode" },
    },
    {
      why: "unknown and rejected",
      receiver: { unknownEvents: "reject" },
      delivery: { body: sampleBody({ type: "loan.is_too_late" }) },
      want: {
        ...proven,
        ...refusal("webhook_event_unknown"),
        event_type: "loan.is_too_late",
        bytes: sampleBody().length - 2,
      },
    },
    {
      why: "handler failed",
      receiver: failing(new RangeError("out of reach")),
      want: { ...proven, level: "error", outcome: "failed", code: "server_error", error: "RangeError: out of reach" },
    },
    {
      why: "unavailable",
      receiver: failing(new Unavailable("the store is away")),
      want: {
        ...proven,
        level: "error",
        outcome: "failed",
        code: "temporarily_unavailable",
        error: "Unavailable: the store is away",
      },
    },
  ])("$why", async ({ delivery, receiver: options, want }) => {
    const receiver = createReceiver(options)
    const { headers } = await receiver.send(delivery)
    expect(receiver.logs.map(fieldsOf)).toEqual([
      { message: "delivery", request_id: headers.get("Credicorp-Request-Id"), ...want },
    ])
  })

  it("two deliveries are two lines, each with its own request id", async () => {
    const receiver = createReceiver()
    const ids = [await receiver.send(), await receiver.send()].map(({ headers }) => headers.get("Credicorp-Request-Id"))
    expect(receiver.logs.map((entry) => entry["request_id"])).toEqual(ids)
    expect(new Set(ids).size).toBe(2)
  })

  it("what is no delivery has no line: spec 3.1, 3.2", async () => {
    const receiver = createReceiver()
    await receiver.send({ method: "PUT" })
    await receiver.send({ url: "https://receiver.example/elsewhere" })
    expect(receiver.logs).toEqual([])
  })

  it("wait_ms is how long the sender waited, by the injected clock", async () => {
    let time = NOW * 1000
    const handlers = defineHandlers<TestEnv>({ "*": () => void (time += 1_234) })
    const receiver = createReceiver({ handlers, clock: () => time })
    await receiver.send()
    expect(receiver.logs[0]).toMatchObject({ wait_ms: 1_234 })
  })

  // Catches an operator left with "unexpected error" and no event to look for: a transform may throw on what it is given.
  it("a schema that throws is a delivery that failed", async () => {
    const broken = {
      "decision.completed": v.pipe(
        v.looseObject({}),
        v.transform((): unknown => {
          throw new RangeError("a transform that fails")
        }),
      ),
    }
    const receiver = createReceiver({ handlers: defineHandlers<TestEnv, typeof broken>({}, broken) })
    await receiver.send()
    expect(receiver.logs.map(fieldsOf)).toMatchObject([
      { message: "delivery", level: "error", outcome: "failed", code: "server_error", event_id: "evt_1" },
    ])
  })
})

describe("nothing of headers and body but the delivery's id before the signature has passed: spec 2.8", () => {
  it.each<{ why: string; delivery: DeliveryOptions }>([
    { why: "another's signature", delivery: { secret: "whsec_another" } },
    { why: "stale", delivery: { time: NOW - 301 } },
    { why: "malformed", delivery: { headers: { "Credicorp-Signature": "t=0" } } },
    { why: "no signature", delivery: { headers: { "Credicorp-Signature": undefined } } },
    { why: "another content type", delivery: { headers: { "Content-Type": "text/plain" } } },
  ])("$why → neither event nor size nor secret", async ({ delivery }) => {
    const receiver = createReceiver()
    await receiver.send(delivery)
    expect(fieldsOf(receiver.logs[0])).not.toHaveProperty("event_id")
    expect(fieldsOf(receiver.logs[0])).not.toHaveProperty("event_type")
    expect(fieldsOf(receiver.logs[0])).not.toHaveProperty("secret_id")
    expect(fieldsOf(receiver.logs[0])).not.toHaveProperty("bytes")
  })
})

describe("secrets that are not active: spec 1.12", () => {
  const detail = "no secret is active now"
  const other = { id: "other", secret: "whsec_other_0123456789" }

  it.each([
    { why: "not yet", secrets: [{ ...other, notBefore: NOW + 1 }], want: detail },
    { why: "no longer", secrets: [{ ...other, notAfter: NOW }], want: detail },
    {
      why: "one of each",
      secrets: [
        { ...other, notBefore: NOW + 1 },
        { ...other, id: "old", notAfter: NOW },
      ],
      want: detail,
    },
    { why: "active since this second", secrets: [{ ...other, notBefore: NOW }], want: undefined },
    { why: "active until this second", secrets: [{ ...other, notAfter: NOW + 1 }], want: undefined },
    {
      why: "one of two",
      secrets: [
        { ...other, notBefore: NOW + 1 },
        { ...other, id: "old" },
      ],
      want: undefined,
    },
  ])("$why → $want", async ({ secrets, want }) => {
    const receiver = createReceiver({ secrets })
    const answer = await receiver.send()
    expect(answer.code).toBe("webhook_signature_invalid")
    expect(receiver.logs[0]).toMatchObject({ reason: "signature_mismatch", detail: want })
    expect(answer.text).not.toContain(detail)
  })

  it("is said of a mismatch only: a malformed header is malformed", async () => {
    const receiver = createReceiver({ secrets: [{ ...other, notAfter: NOW }] })
    await receiver.send({ headers: { "Credicorp-Signature": "t=1" } })
    expect(fieldsOf(receiver.logs[0])).not.toHaveProperty("detail")
  })
})

describe("the delivery's id is a stranger's text: spec 2.8", () => {
  it.each([
    { why: "as sent", text: "dlv_1", want: "dlv_1" },
    { why: "printable to the last", text: " !~", want: " !~" },
    { why: "longest", text: "x".repeat(128), want: "x".repeat(128) },
    { why: "one too long", text: `${"x".repeat(128)}y`, want: "x".repeat(128) },
    { why: "very long", text: "x".repeat(100_000), want: "x".repeat(128) },
    { why: "empty", text: "", want: "" },
    { why: "absent", text: null, want: undefined },
    { why: "line break", text: "a\r\nb", want: "a??b" },
    { why: "NUL, delete and a bell", text: "\u0000\u007F\u0007", want: "???" },
    { why: "colour of a terminal", text: "\u001B[31m", want: "?[31m" },
    { why: "Latin-1", text: "é", want: "?" },
    { why: "right-to-left mark", text: "a\u202Eb", want: "a?b" },
    { why: "outside the first plane", text: "😀", want: "??" },
  ])("$why → $want", ({ text, want }) => {
    expect(toLoggedDeliveryId(text)).toBe(want)
  })

  it("is in the line cut as it is for the handler", async () => {
    const ids: unknown[] = []
    const handlers = defineHandlers<TestEnv>({ "*": (_event, { deliveryId }) => void ids.push(deliveryId) })
    const receiver = createReceiver({ handlers })
    await receiver.send({ headers: { "Credicorp-Delivery": "x".repeat(1_000) } })
    expect([...ids, receiver.logs[0]?.["delivery_id"]]).toEqual(["x".repeat(128), "x".repeat(128)])
  })

  it("two of them are one text", async () => {
    const request = await signedRequest()
    request.headers.append("Credicorp-Delivery", "dlv_2")
    const receiver = createReceiver()
    await receiver.fetch(request)
    expect(receiver.logs[0]).toMatchObject({ delivery_id: "dlv_1, dlv_2" })
  })
})

describe("whatever a handler throws fits into a line", () => {
  const hostile = {
    toString: (): string => {
      throw new Error("no text")
    },
  }

  it.each([
    { why: "Error", thrown: new Error("no"), want: "Error: no" },
    { why: "Error without a message", thrown: new Error(""), want: "Error" },
    { why: "text", thrown: "no", want: "no" },
    { why: "undefined", thrown: undefined, want: "undefined" },
    { why: "null", thrown: null, want: "null" },
    { why: "number", thrown: 0, want: "0" },
    { why: "symbol", thrown: Symbol("no"), want: "Symbol(no)" },
    { why: "object that throws when it is read", thrown: hostile, want: "an error that has no text" },
    { why: "object without a prototype", thrown: Object.create(null), want: "{}" },
    { why: "object whose text is none", thrown: { toString: () => ({}) }, want: "an error that has no text" },
    { why: "huge message", thrown: "x".repeat(100_000), want: "x".repeat(1_024) },
    { why: "Error with a huge message", thrown: new Error("x".repeat(2_000)), want: `Error: ${"x".repeat(1_017)}` },
  ])("$why → $want", ({ thrown, want }) => {
    expect(errorText(thrown)).toBe(want)
  })

  it("no stack, which shows where the code lives", () => {
    expect(errorText(new Error("no"))).not.toContain(".ts")
  })

  it.each([
    { why: "object that throws when it is read", thrown: hostile },
    { why: "undefined", thrown: undefined },
    { why: "huge message", thrown: new Error("x".repeat(100_000)) },
  ])("$why → answered and logged like any other failure", async ({ thrown }) => {
    const receiver = createReceiver(failing(thrown))
    expect((await receiver.send()).code).toBe("server_error")
    expect(receiver.logs.length).toBe(1)
    expect(receiver.logs[0]).toMatchObject({ outcome: "failed", code: "server_error", event_id: "evt_1" })
    expect(JSON.stringify(receiver.logs[0]).length).toBeLessThan(2_048)
  })
})

describe("a handler's own lines", () => {
  it("have the event's id and type, the message and the fields", async () => {
    const handlers = defineHandlers<TestEnv>({ "*": (_event, { log }) => log("money moved", { amount: 1 }) })
    const receiver = createReceiver({ handlers })
    await receiver.send()
    expect(receiver.logs[0]).toEqual({
      level: "info",
      message: "money moved",
      event_id: "evt_1",
      event_type: "decision.completed",
      amount: 1,
    })
  })
})

const throwing: Handler = () => {
  throw new Error("a text of our own")
}

describe("no line and no answer holds anything of body, signature, secret or header: spec 2.8", () => {
  // Each of them occurs nowhere else, so that finding one means that it leaked.
  const MARK = { body: "mArK-in-body", secret: "whsec_mArK-in-secret-0123456789", header: "mArK-in-header" }
  const payload = { data: { object: { id: MARK.body, amount: MARK.body } } }
  const secrets = [{ id: "test", secret: MARK.secret }]
  const schemas = {
    "decision.completed": v.object({
      amount: v.pipe(
        v.string(),
        v.check(
          () => false,
          (issue) => `no: ${issue.input}`,
        ),
      ),
    }),
  }
  const refusing = defineHandlers<TestEnv, typeof schemas>({}, schemas)

  interface Row {
    readonly why: string
    readonly body?: string
    readonly secret?: string
    readonly time?: number
    readonly headers?: Readonly<Record<string, string | undefined>>
    readonly receiver?: ReceiverOptions
  }

  it.each<Row>([
    { why: "accepted" },
    { why: "duplicate", receiver: { handOff: async () => await Promise.resolve("duplicate") } },
    { why: "ignored", body: sampleBody({ ...payload, type: "card.blocked" }) },
    {
      why: "unknown and rejected",
      body: sampleBody({ ...payload, type: "card.blocked" }),
      receiver: { unknownEvents: "reject" },
    },
    { why: "another mode", receiver: { livemode: true } },
    { why: "payload refused by a schema that quotes it", receiver: { handlers: refusing } },
    { why: "handler failed", receiver: { handlers: defineHandlers<TestEnv>({ "*": throwing }) } },
    { why: "not JSON, which a parser would quote", body: `{"id": ${MARK.body}}` },
    { why: "id that is none", body: sampleBody({ ...payload, id: MARK.body }) },
    { why: "type that is none", body: sampleBody({ ...payload, type: MARK.body }) },
    { why: "unknown field", body: sampleBody({ ...payload, [MARK.body]: MARK.body }) },
    { why: "another's signature", secret: `${MARK.secret}-of-another` },
    { why: "stale", time: NOW - 301 },
    { why: "ahead", time: NOW + 301 },
    { why: "too large", receiver: { maxBodyBytes: 10 } },
    { why: "another content type", headers: { "Content-Type": `text/${MARK.header}` } },
    { why: "another encoding", headers: { "Content-Encoding": MARK.header } },
    { why: "signature header of another kind", headers: { "Credicorp-Signature": MARK.header } },
    { why: "signature header that is too long", headers: { "Credicorp-Signature": MARK.header.repeat(1_000) } },
    { why: "secret in the signature header", headers: { "Credicorp-Signature": `t=${NOW},v1=${MARK.secret}` } },
    {
      why: "header of no meaning",
      headers: { "X-Marked": MARK.header, Cookie: MARK.header, Authorization: MARK.secret },
    },
    { why: "request id of the sender's", headers: { "Credicorp-Request-Id": MARK.header } },
  ])("$why", async ({ body = sampleBody(payload), secret = MARK.secret, time = NOW, headers, receiver: options }) => {
    const receiver = createReceiver({ secrets, ...options })
    const genuine = await signatureHeader(body, time, secret)
    const answer = await toAnswer(
      await receiver.fetch(await signedRequest({ body, time, secret, ...(headers && { headers }) })),
    )
    const left = JSON.stringify([receiver.logs, [...answer.headers], answer.text])
    expect(receiver.logs.length).toBe(1)
    expect(left).not.toMatch(/mArK/i)
    expect(left).not.toContain(genuine.slice(-64))
    expect(left).not.toContain((await signatureHeader(body, time, MARK.secret)).slice(-64))
  })

  it.each([
    { why: "with a space", invalid: { id: "test", secret: ` ${MARK.secret}` } },
    { why: "for an id", invalid: { id: MARK.secret, secret: SECRET } },
  ])("a secret $why is refused and not quoted", ({ invalid }) => {
    expect(() => createReceiver({ secrets: [invalid] })).toThrow(TypeError)
    expect(() => createReceiver({ secrets: [invalid] })).not.toThrow(/mArK/)
  })
})
