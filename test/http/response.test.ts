import { describe, expect, it } from "vitest"
import { CATALOGUE, type ErrorCode } from "../../src/errors/catalogue.ts"
import { createRequestId, errorResponse, jsonResponse, toErrorBody } from "../../src/http/response.ts"
import { WebhookError } from "../../src/errors/webhook-error.ts"

const ID = "req_0123456789abcdef"

const codes = Object.keys(CATALOGUE).map((code) => ({ code: code as ErrorCode }))

describe("toErrorBody (spec 4.1)", () => {
  it("has a message of its own where one is given", () => {
    const { message } = toErrorBody({ code: "webhook_endpoint_url_invalid", publicMessage: "The port." }, ID).error
    expect(message).toBe("The port.")
  })

  it.each(codes)("$code → type, code, message and request_id, in that order and nothing more", ({ code }) => {
    const { type, meaning } = CATALOGUE[code]
    expect(toErrorBody({ code }, ID)).toEqual({ error: { type, code, message: meaning, request_id: ID } })
    expect(Object.keys(toErrorBody({ code }, ID).error)).toEqual(["type", "code", "message", "request_id"])
  })

  it("with the field that failed → param", () => {
    expect(toErrorBody({ code: "invalid_value_type", param: "data.object" }, ID).error.param).toBe("data.object")
  })

  it("without one → no param, not even undefined", () => {
    expect("param" in toErrorBody({ code: "invalid_value_type" }, ID).error).toBe(false)
  })
})

describe("errorResponse (spec 4.1, 4.2)", () => {
  it.each(codes)("$code → its status, JSON, the request's id in header and body", async ({ code }) => {
    const response = errorResponse({ code }, ID)
    expect(response.status).toBe(CATALOGUE[code].status)
    expect(response.headers.get("content-type")).toBe("application/json")
    // Caught: a browser was free to take JSON with markup in it for a page.
    expect(response.headers.get("x-content-type-options")).toBe("nosniff")
    expect(response.headers.get("credicorp-request-id")).toBe(ID)
    expect(await response.json()).toEqual(toErrorBody({ code }, ID))
  })

  it("what goes with the code stands beside the other headers", () => {
    const response = errorResponse({ code: "method_not_allowed" }, ID, { Allow: "POST" })
    expect(response.headers.get("allow")).toBe("POST")
    expect(response.headers.get("content-type")).toBe("application/json")
    expect(response.headers.get("credicorp-request-id")).toBe(ID)
  })

  // Spec 1.8: a forger must not learn how close he came.
  it("the reason of a signature does not leave", async () => {
    const error = new WebhookError({ code: "webhook_signature_invalid", status: 400, reason: "timestamp_stale" })
    const response = errorResponse(error, ID)
    const sent = `${await response.text()} ${JSON.stringify([...response.headers])}`
    expect(sent).not.toMatch(/stale|timestamp|reason/)
  })

  it("all reasons make the same response", async () => {
    const bodies = (["header_malformed", "signature_mismatch", "timestamp_ahead"] as const).map((reason) =>
      errorResponse(new WebhookError({ code: "webhook_signature_invalid", status: 400, reason }), ID).text(),
    )
    expect(new Set(await Promise.all(bodies)).size).toBe(1)
  })

  it("the param of an error is in the body", async () => {
    const error = new WebhookError({ code: "invalid_value_type", status: 422, param: "livemode" })
    expect(await errorResponse(error, ID).json()).toMatchObject({
      error: { code: "invalid_value_type", param: "livemode" },
    })
  })

  it("a param with quotes and line feeds is still JSON", async () => {
    const param = 'data.object."\n\u2028</script>'
    const body = await errorResponse({ code: "invalid_value_type", param }, ID).json()
    expect(body).toMatchObject({ error: { param } })
  })
})

describe("jsonResponse (spec 4.1)", () => {
  it("status, body, type and id", async () => {
    const response = jsonResponse(200, { received: true }, ID)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ received: true })
    expect(response.headers.get("content-type")).toBe("application/json")
    expect(response.headers.get("credicorp-request-id")).toBe(ID)
  })
})

describe("createRequestId (spec 4.1)", () => {
  const ids = Array.from({ length: 2000 }, createRequestId)

  it("is req_ and 16 characters that need no escaping", () => {
    for (const id of ids) expect(id).toMatch(/^req_[A-Za-z0-9_-]{16}$/)
  })

  it("is never the same twice", () => {
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("every place takes every one of the 64 characters: no bit is lost", () => {
    for (let place = 4; place < 20; place++) expect(new Set(ids.map((id) => id[place])).size).toBe(64)
  })
})
