import { describe, expect, it } from "vitest"
import { refuse, refuseSignature, refuseSize, WebhookError, type Refusal } from "../../src/errors/webhook-error.ts"

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

  it("takes no stack: a forged delivery would cost a walk of it", () => {
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

  it("the code is the same whatever the reason: it is what reaches a response", () => {
    const codes = cases.filter(({ reason }) => reason !== "header_missing").map(({ want }) => want)
    expect(new Set(codes).size).toBe(1)
  })
})

describe("the message is <code>: <reason>. <one helpful sentence>", () => {
  const rows: readonly { error: Refusal; want: string }[] = [
    {
      error: refuseSignature("header_missing", { header: "credicorp-signature" }).error,
      want: "webhook_signature_missing: header_missing. The credicorp-signature header is absent or empty.",
    },
    {
      error: refuseSignature("header_missing").error,
      want: "webhook_signature_missing: header_missing. The signature header is absent or empty.",
    },
    {
      error: refuseSignature("timestamp_stale", { ageSeconds: 412, toleranceSeconds: 300 }).error,
      want: "webhook_signature_invalid: timestamp_stale. Signed 412 s ago; the tolerance is 300 s.",
    },
    {
      error: refuseSignature("timestamp_ahead", { ageSeconds: -412, toleranceSeconds: 300 }).error,
      want: "webhook_signature_invalid: timestamp_ahead. Signed 412 s ahead of this clock; the tolerance is 300 s.",
    },
    {
      error: refuse("invalid_json", 400).error,
      want: "invalid_json: The body was signed, but is not JSON in UTF-8.",
    },
    { error: refuseSize().error, want: "request_body_too_large: The body is larger than maxBodyBytes." },
    { error: refuse("server_error", 500).error, want: "server_error" },
  ]
  it.each(rows)("$want", ({ error, want }) => {
    expect(new WebhookError(error).message).toBe(want)
  })

  it.each([
    "header_malformed",
    "header_too_long",
    "too_many_signatures",
    "signature_mismatch",
    "body_incomplete",
  ] as const)("%s has a sentence of its own", (reason) => {
    expect(new WebhookError(refuseSignature(reason).error).message).toMatch(
      new RegExp(`^webhook_signature_invalid: ${reason}\\. [A-Z][^.]{20,}[.?]$`),
    )
  })

  it("shows no key of the payload, which param has", () => {
    const error = new WebhookError(refuse("invalid_value_type", 422, { param: "data.object.iban-GB00" }).error)
    expect(error.message).not.toContain("iban")
    expect(error.param).toBe("data.object.iban-GB00")
  })

  it("carries what the sentence says, for code that logs it", () => {
    const { error } = refuseSignature("timestamp_stale", { ageSeconds: 412, toleranceSeconds: 300 })
    expect(new WebhookError(error)).toMatchObject({ ageSeconds: 412, toleranceSeconds: 300 })
  })
})
