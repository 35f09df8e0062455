import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { defineHandlers } from "../../src/events/handlers.ts"
import { NOW, SECRET, sampleEvent, signatureHeader, signedRequest } from "../support/delivery.ts"
import {
  createCountedBody,
  createReceiver,
  toAnswer,
  toStreamedRequest,
  type Answer,
  type TestEnv,
  type TestReceiver,
} from "../support/receiver.ts"

const MAX_BODY_BYTES = 2_000
const SCHEMAS = { "decision.completed": v.object({ amount: v.number() }), "card.blocked": v.object({ id: v.string() }) }

/** Everything that can be wrong with a delivery, in the order of spec 3. The last is a handler that fails always. */
const FAULTS = [
  { fault: "path", line: "3.1", want: "404 route_not_found" },
  { fault: "method", line: "3.2", want: "405 method_not_allowed" },
  { fault: "no content type", line: "3.3", want: "400 missing_content_type" },
  { fault: "encoding", line: "3.3", want: "415 unsupported_media_type" },
  { fault: "no signature", line: "3.4", want: "400 webhook_signature_missing header_missing" },
  { fault: "malformed signature", line: "3.4", want: "400 webhook_signature_invalid header_malformed" },
  { fault: "size", line: "3.5", want: "422 request_body_too_large" },
  { fault: "another's signature", line: "3.6", want: "400 webhook_signature_invalid signature_mismatch" },
  { fault: "stale", line: "3.6", want: "400 webhook_signature_invalid timestamp_stale" },
  { fault: "not JSON", line: "3.7", want: "400 invalid_json" },
  { fault: "envelope", line: "3.8", want: "422 invalid_value_type api_version" },
  { fault: "mode", line: "3.9", want: "422 invalid_value_type livemode" },
  { fault: "type", line: "3.10", want: "422 webhook_event_unknown" },
  { fault: "payload", line: "3.11", want: "422 invalid_value_type data.object.amount" },
  { fault: "handler", line: "3.12", want: "500 server_error" },
] as const

type Fault = (typeof FAULTS)[number]["fault"]

/** A delivery with these faults and no others. */
async function createFaulty(faults: readonly Fault[]): Promise<Request> {
  const has = (fault: Fault): boolean => faults.includes(fault)
  const event = sampleEvent({
    ...(has("envelope") && { api_version: 1 }),
    ...(has("mode") && { livemode: true }),
    ...(has("type") && { type: "loan.approved" }),
    ...(has("payload") && { data: { object: { amount: "1200" } } }),
  })
  const text = JSON.stringify(event).slice(0, has("not JSON") ? -1 : undefined)
  // Bytes, because a text would bring a Content-Type of its own.
  const body = new TextEncoder().encode(text.padEnd(has("size") ? MAX_BODY_BYTES + 1 : 0))
  const time = has("stale") ? NOW - 301 : NOW
  const secret = has("another's signature") ? "whsec_another_0123456789" : SECRET
  const signature = has("malformed signature") ? "v1=0" : await signatureHeader(body, time, secret)
  return await signedRequest({
    body,
    method: has("method") ? "PUT" : "POST",
    url: `https://receiver.example/webhooks/${has("path") ? "another" : "credicorp"}`,
    headers: {
      "Content-Type": has("no content type") ? undefined : "application/json",
      "Content-Encoding": has("encoding") ? "gzip" : undefined,
      "Credicorp-Signature": has("no signature") ? undefined : signature,
    },
  })
}

const fails = (): void => {
  throw new Error("fails always")
}

const createStrictReceiver = (handler: () => void): TestReceiver =>
  createReceiver({
    maxBodyBytes: MAX_BODY_BYTES,
    livemode: false,
    unknownEvents: "reject",
    handlers: defineHandlers<TestEnv, typeof SCHEMAS>({ "decision.completed": handler }, SCHEMAS),
  })

/** Status, code, and the field or the reason: the reason is in the log only. */
function verdictOf({ status, code, param }: Answer, { logs }: TestReceiver): string {
  const reason = logs.find((entry) => entry["message"] === "delivery")?.["reason"] as string | undefined
  return [status, code, param, reason].filter((part) => part !== undefined).join(" ")
}

describe("of two faults the earlier one is answered: spec 3", () => {
  const pairs = FAULTS.flatMap((first, i) =>
    FAULTS.slice(i + 1).map(({ fault: second }) => ({
      first: first.fault,
      line: first.line,
      second,
      want: first.want,
    })),
  )

  it.each(pairs)("$first ($line) and $second → $want", async ({ first, second, want }) => {
    const receiver = createStrictReceiver(second === "handler" ? fails : () => {})
    const response = await receiver.fetch(await createFaulty([first, second]))
    expect(verdictOf(await toAnswer(response), receiver)).toBe(want)
  })
})

describe("of all faults from one on, that one is answered: spec 3", () => {
  it.each(FAULTS.map(({ fault, line, want }, i) => ({ fault, line, want, i })))(
    "$fault ($line) and all after it → $want",
    async ({ i, want }) => {
      const receiver = createStrictReceiver(fails)
      const faults = FAULTS.slice(i).map(({ fault }) => fault)
      expect(verdictOf(await toAnswer(await receiver.fetch(await createFaulty(faults))), receiver)).toBe(want)
    },
  )

  it("without a fault it is taken", async () => {
    const receiver = createStrictReceiver(() => {})
    expect(verdictOf(await toAnswer(await receiver.fetch(await createFaulty([]))), receiver)).toBe("200")
  })
})

describe("a handler does not run before everything else has passed: spec 3.12", () => {
  it.each(FAULTS.slice(0, -1))("$fault → no handler runs", async ({ fault }) => {
    let runs = 0
    const receiver = createStrictReceiver(() => {
      runs += 1
    })
    await receiver.fetch(await createFaulty([fault]))
    expect(runs).toBe(0)
  })
})

describe("policy ignore is an answer too, and ends the checks: spec 3.10", () => {
  const receiver = createReceiver({ livemode: false, handlers: defineHandlers<TestEnv, typeof SCHEMAS>({}, SCHEMAS) })

  it("an unknown type of the wrong mode is refused: the mode comes first", async () => {
    const answer = await receiver.send({ body: JSON.stringify(sampleEvent({ type: "card.blocked", livemode: true })) })
    expect([answer.status, answer.param]).toEqual([422, "livemode"])
  })

  // A refusal would be retried for 72 hours over a payload that nobody here waits for.
  it("an unknown type is ignored before its payload is judged", async () => {
    const body = JSON.stringify(sampleEvent({ type: "card.blocked", data: { object: { id: 1 } } }))
    const answer = await receiver.send({ body })
    expect([answer.status, answer.json["status"]]).toEqual([200, "ignored"])
  })
})

describe("what is refused by its headers is refused unread: spec 3.4, 3.5", () => {
  const chunk = new Uint8Array(1_000).fill(0x20)
  const genuine = `t=${NOW},v1=${"0".repeat(64)}`

  it.each([
    { why: "content type", headers: { "Content-Type": "text/plain" }, want: "unsupported_media_type" },
    { why: "encoding", headers: { "Content-Encoding": "gzip" }, want: "unsupported_media_type" },
    { why: "no signature", headers: { "Credicorp-Signature": "" }, want: "webhook_signature_missing" },
    { why: "malformed signature", headers: { "Credicorp-Signature": "v1=0" }, want: "webhook_signature_invalid" },
    {
      why: "header too long",
      headers: { "Credicorp-Signature": genuine.padEnd(5_000, ",x") },
      want: "webhook_signature_invalid",
    },
    {
      why: "too many signatures",
      headers: { "Credicorp-Signature": genuine + ",v1=0".repeat(16) },
      want: "webhook_signature_invalid",
    },
    { why: "announced size", headers: { "Content-Length": "2001" }, want: "request_body_too_large" },
  ])("$why → $want", async ({ headers, want }) => {
    const body = createCountedBody([chunk, chunk, chunk])
    const request = toStreamedRequest(
      await signedRequest({ headers: { "Credicorp-Signature": genuine } }),
      body,
      headers,
    )
    const answer = await toAnswer(await createStrictReceiver(() => {}).fetch(request))
    expect(answer.code).toBe(want)
    expect(body.pulled()).toBe(0)
  })

  it("a malformed signature comes before an announced size", async () => {
    const body = createCountedBody([chunk])
    const headers = { "Credicorp-Signature": "v1=0", "Content-Length": "2001" }
    const request = toStreamedRequest(await signedRequest(), body, headers)
    expect((await toAnswer(await createStrictReceiver(() => {}).fetch(request))).code).toBe("webhook_signature_invalid")
    expect(body.pulled()).toBe(0)
  })

  it("what arrives is counted, and no more is read than shows that it is too much", async () => {
    const body = createCountedBody(Array.from({ length: 1_000 }, () => chunk))
    const request = toStreamedRequest(await signedRequest({ headers: { "Credicorp-Signature": genuine } }), body)
    const answer = await toAnswer(await createStrictReceiver(() => {}).fetch(request))
    expect(answer.code).toBe("request_body_too_large")
    expect(body.pulled()).toBeLessThan(25)
  })
})
