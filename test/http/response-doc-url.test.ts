// Catches an error that does not lead to its page where it should, or leads somewhere where nothing was configured.

import { describe, expect, it } from "vitest"
import { createAppFromEnv } from "../../src/app/env.ts"
import { readErrorDocsConfig } from "../../src/app/config.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import type { DeliveryOptions } from "../support/delivery.ts"
import { createReceiver, toAnswer, type Answer, type LogEntry } from "../support/receiver.ts"

const ORIGIN = "https://receiver.example"
const DOCS = "https://docs.example/errors"

const docUrlOf = ({ json }: Answer): unknown => (json["error"] as Record<string, unknown> | undefined)?.["doc_url"]

const clock = (): never => {
  throw new Error("no clock")
}

describe("an app that knows where the pages are", () => {
  const { send } = createReceiver({ errorDocsUrl: DOCS })

  it.each<{ why: string; delivery: DeliveryOptions; code: string }>([
    { why: "the receiver's", delivery: { secret: "whsec_another_0123456789" }, code: "webhook_signature_invalid" },
    { why: "another path's", delivery: { url: `${ORIGIN}/elsewhere` }, code: "route_not_found" },
    { why: "another method's", delivery: { method: "DELETE" }, code: "method_not_allowed" },
  ])("$why error leads to the page of its code", async ({ delivery, code }) => {
    const answer = await send(delivery)
    expect([answer.code, docUrlOf(answer)]).toEqual([code, `${DOCS}/${code}`])
    expect(answer.headers.get("Credicorp-Request-Id")).toMatch(/^req_/)
    expect(answer.headers.get("Content-Type")).toBe("application/json")
  })

  it("that of what nobody expected, too", async () => {
    expect(docUrlOf(await createReceiver({ errorDocsUrl: DOCS, clock }).send())).toBe(`${DOCS}/server_error`)
  })

  it("what goes with an error stays", async () => {
    const answer = await send({ method: "GET" })
    expect([answer.status, answer.headers.get("Allow")]).toEqual([405, "POST"])
  })

  it("a success has none", async () => {
    const answer = await send()
    expect([answer.status, answer.text.includes("doc_url")]).toEqual([200, false])
  })
})

function createSend(env: { ERROR_DOCS_URL?: string }): { send: (path: string) => Promise<Answer>; logs: LogEntry[] } {
  const logs: LogEntry[] = []
  const app = createAppFromEnv(env, defineHandlers({}), { log: (entry) => void logs.push(entry) })
  return { send: async (path) => await toAnswer(await app.fetch(new Request(ORIGIN + path))), logs }
}

describe("ERROR_DOCS_URL", () => {
  it("set → every error of the Worker has a doc_url, and keeps what else is in it", async () => {
    const { send } = createSend({ ERROR_DOCS_URL: DOCS })
    expect(docUrlOf(await send("/elsewhere"))).toBe(`${DOCS}/route_not_found`)
    const health = await send("/healthz")
    expect([health.status, docUrlOf(health)]).toEqual([503, `${DOCS}/temporarily_unavailable`])
    expect(health.json["surfaces"]).toMatchObject({ receiver: "off" })
    expect(health.headers.get("Retry-After")).toBe("30")
  })

  it.each([{}, { ERROR_DOCS_URL: "" }])("%j → none has", async (env) => {
    expect(readErrorDocsConfig(env)).toEqual({ state: "off" })
    expect(docUrlOf(await createSend(env).send("/elsewhere"))).toBeUndefined()
  })

  it("a slash at its end makes no second one", () => {
    const url = "http://localhost:8787/errors"
    expect(readErrorDocsConfig({ ERROR_DOCS_URL: `${url}/` })).toEqual({ state: "on", config: { url } })
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
  ])("%s is invalid: said in the log without its value, and the rest goes on", async (ERROR_DOCS_URL) => {
    const { send, logs } = createSend({ ERROR_DOCS_URL })
    expect(logs).toContainEqual(
      expect.objectContaining({ level: "error", problems: [expect.stringMatching(/^ERROR_DOCS_URL: must be /)] }),
    )
    expect(JSON.stringify(logs)).not.toContain(ERROR_DOCS_URL)
    const answer = await send("/elsewhere")
    expect([answer.status, docUrlOf(answer)]).toEqual([404, undefined])
  })
})
