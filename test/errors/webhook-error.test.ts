import { describe, expect, it } from "vitest"
import { refuse, refuseSignature, WebhookError } from "../../src/errors/webhook-error.ts"

describe("WebhookError", () => {
  it("carries code, status and reason, and can be caught as an Error", () => {
    const error = new WebhookError({ code: "webhook_signature_invalid", status: 400, reason: "timestamp_stale" })
    expect(error).toBeInstanceOf(WebhookError)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code: "webhook_signature_invalid", status: 400, reason: "timestamp_stale" })
    expect(error.param).toBeUndefined()
  })

  it("carries code, status and param", () => {
    const error = new WebhookError({ code: "invalid_value_type", status: 422, param: "data.object.amount" })
    expect(error).toMatchObject({ code: "invalid_value_type", status: 422, param: "data.object.amount" })
    expect(error.reason).toBeUndefined()
  })

  it("has no reason and no param where there is none to give: they do not show up in a log as undefined", () => {
    const error = new WebhookError({ code: "invalid_json", status: 400 })
    expect("reason" in error).toBe(false)
    expect("param" in error).toBe(false)
  })

  it("is no TypeError, which a caller's mistake is", () => {
    expect(new WebhookError({ code: "invalid_json", status: 400 })).not.toBeInstanceOf(TypeError)
  })

  it("has a name and a stack for the log", () => {
    const error = new WebhookError({ code: "invalid_json", status: 400 })
    expect(error.name).toBe("WebhookError")
    expect(String(error)).toContain("invalid_json")
    expect(error.stack).toContain("WebhookError")
  })
})

describe("refuse", () => {
  it("makes a value, and throws nothing", () => {
    const refused = refuse("request_body_too_large", 422)
    expect(refused.ok).toBe(false)
    expect(refused.error).toEqual({ code: "request_body_too_large", status: 422 })
  })

  it("takes no stack: whoever sends garbage would make us walk ours for every delivery", () => {
    expect(refuse("invalid_json", 400).error).not.toBeInstanceOf(Error)
  })
})

describe("refuseSignature: only an absent header has a code of its own (spec 1.8, 1.9)", () => {
  const cases = [
    { reason: "header_missing", want: "webhook_signature_missing" },
    { reason: "header_malformed", want: "webhook_signature_invalid" },
    { reason: "header_too_long", want: "webhook_signature_invalid" },
    { reason: "too_many_signatures", want: "webhook_signature_invalid" },
    { reason: "signature_mismatch", want: "webhook_signature_invalid" },
    { reason: "timestamp_stale", want: "webhook_signature_invalid" },
    { reason: "timestamp_ahead", want: "webhook_signature_invalid" },
  ] as const

  it.each(cases)("$reason → $want", ({ reason, want }) => {
    expect(refuseSignature(reason).error).toMatchObject({ code: want, status: 400, reason })
  })

  it("the message is the same whatever the reason: it may reach a response", () => {
    const messages = cases.filter(({ want }) => want === "webhook_signature_invalid")
    const thrown = messages.map(({ reason }) => new WebhookError(refuseSignature(reason).error).message)
    expect(new Set(thrown).size).toBe(1)
  })
})
