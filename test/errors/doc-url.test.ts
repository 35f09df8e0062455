// Catches an error that does not lead to its page where it should, or leads somewhere where nothing was configured.

import { describe, expect, it } from "vitest"
import { createAppFromEnv } from "../../src/app-from-env.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import { SECRET, signedRequest, type DeliveryOptions } from "../support/delivery.ts"
import { toAnswer, type Answer, type LogEntry } from "../support/receiver.ts"

const ORIGIN = "https://receiver.example"

const clock = (): never => {
  throw new Error("no clock")
}

function createSend(ERROR_DOCS_URL: string | undefined, options?: { clock: () => number }) {
  const logs: LogEntry[] = []
  const env = { WEBHOOK_SECRETS: SECRET, ...(ERROR_DOCS_URL !== undefined && { ERROR_DOCS_URL }) }
  const app = createAppFromEnv(env, defineHandlers({}), { log: (entry) => void logs.push(entry), ...options })
  const send = async (delivery?: DeliveryOptions): Promise<Answer> =>
    await toAnswer(await app.fetch(await signedRequest({ time: Math.floor(Date.now() / 1000), ...delivery })))
  return { send, logs }
}

const docUrlOf = ({ json }: Answer): unknown => (json["error"] as Record<string, unknown> | undefined)?.["doc_url"]

describe("ERROR_DOCS_URL", () => {
  const { send } = createSend("https://docs.example/errors")

  it.each<{ why: string; delivery: DeliveryOptions; code: string }>([
    { why: "the receiver's", delivery: { secret: "whsec_another_0123456789" }, code: "webhook_signature_invalid" },
    { why: "another path", delivery: { url: `${ORIGIN}/elsewhere` }, code: "route_not_found" },
    { why: "another method", delivery: { method: "DELETE" }, code: "method_not_allowed" },
  ])("$why error leads to the page of its code", async ({ delivery, code }) => {
    const answer = await send(delivery)
    expect([answer.code, docUrlOf(answer)]).toEqual([code, `https://docs.example/errors/${code}`])
    expect(answer.headers.get("Credicorp-Request-Id")).toMatch(/^req_/)
    expect(answer.headers.get("Content-Type")).toBe("application/json")
  })

  it("what nobody expected, too", async () => {
    const answer = await createSend("https://docs.example/errors", { clock }).send()
    expect(docUrlOf(answer)).toBe("https://docs.example/errors/server_error")
  })

  it("what goes with an error stays: the surfaces of healthz, Allow, Retry-After", async () => {
    const unsound = createAppFromEnv(
      { WEBHOOK_SECRETS: "", ERROR_DOCS_URL: "https://docs.example/errors" },
      defineHandlers({}),
      { log: () => {} },
    )
    const answer = await toAnswer(await unsound.fetch(new Request(`${ORIGIN}/healthz`)))
    expect(answer.json["surfaces"]).toMatchObject({ receiver: "unsound" })
    expect(answer.headers.get("Retry-After")).toBe("30")
    expect(docUrlOf(answer)).toBe("https://docs.example/errors/temporarily_unavailable")
    expect((await send({ method: "GET" })).headers.get("Allow")).toBe("POST")
  })

  it("a success has none", async () => {
    const answer = await send()
    expect([answer.status, answer.text.includes("doc_url")]).toEqual([200, false])
  })

  it.each([undefined, ""])("%j → no doc_url", async (url) => {
    const answer = await createSend(url).send({ method: "GET" })
    expect([answer.status, docUrlOf(answer)]).toEqual([405, undefined])
  })

  it("a slash at its end makes no second one", async () => {
    const answer = await createSend("http://localhost:8787/errors/").send({ method: "GET" })
    expect(docUrlOf(answer)).toBe("http://localhost:8787/errors/method_not_allowed")
  })

  it.each([
    "docs.example/errors",
    "ftp://docs.example",
    "javascript:alert(1)",
    "https://",
    "https://docs.example/?page=",
    "https://docs.example/#",
    "https://docs.example/a b",
    `https://docs.example/${"a".repeat(512)}`,
  ])("%s is unsound: said in the log without its value, and the receiver goes on", async (url) => {
    const { send: sendUnsound, logs } = createSend(url)
    expect(logs).toMatchObject([{ level: "error", problems: [expect.stringMatching(/^ERROR_DOCS_URL: must be /)] }])
    expect(JSON.stringify(logs)).not.toContain(url)
    expect((await sendUnsound()).status).toBe(200)
    expect(docUrlOf(await sendUnsound({ method: "GET" }))).toBeUndefined()
  })
})
