// Catches an operation whose request is run before it is authenticated or checked, and a line of the log that lacks what
// happened or shows what it must not.

import { Hono } from "hono"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { operationsOver } from "../../src/operator/operation.ts"
import { createOperatorRoutes } from "../../src/operator/route.ts"

const NEW = "the-new-token-of-thirty-three-ch."
const OLD = "the-old-token-of-thirty-three-ch."

const write = operationsOver<{ done: string[] }>()({
  name: "things.write",
  method: "POST",
  path: "/things/:thing",
  summary: "Write a thing",
  body: {
    schema: v.strictObject({ note: v.string(), kind: v.optional(v.string(), "plain") }),
    optional: false,
    logged: ["kind"],
    example: { note: "x" },
  },
  answers: [{ status: 204, description: "Written." }],
  errors: [],
  run: async ({ params, body }, { done }) => {
    done.push(`${params["thing"]} ${body.note}`)
    return { status: 204 }
  },
})

interface Sent {
  readonly token?: string
  readonly thing?: string
  readonly body?: unknown
}

async function send({ token = NEW, thing = "one", body = { note: "private" } }: Sent, tokens = [NEW, OLD]) {
  const done: string[] = []
  const lines: Readonly<Record<string, unknown>>[] = []
  const app = new Hono<{ Variables: { requestId: string } }>()
  app.use(async (c, next) => {
    c.set("requestId", "req_0123456789abcdef")
    await next()
  })
  app.route("/", createOperatorRoutes([write], { deps: { done }, tokens, log: (line) => lines.push(line) }))
  const response = await app.request(`/things/${thing}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  })
  return { status: response.status, done, lines }
}

describe("a request of the operator", () => {
  it("is run over what the routes were given, and logged by its operation, without its note", async () => {
    expect(await send({}, [NEW])).toEqual({
      status: 204,
      done: ["one private"],
      lines: [
        {
          level: "info",
          message: "operator request",
          operation: "things.write",
          request_id: "req_0123456789abcdef",
          thing: "one",
          kind: "plain",
          status: 204,
        },
      ],
    })
  })

  it.each([
    { token: NEW, want: 1 },
    { token: OLD, want: 2 },
  ])("during a rotation says which token it came with: $want", async ({ token, want }) => {
    const { status, lines } = await send({ token })
    expect([status, lines[0]?.["token"]]).toEqual([204, want])
    expect(JSON.stringify(lines)).not.toMatch(/(?:new|old)-token/)
  })

  it.each<{ why: string; sent: Sent; want: number }>([
    { why: "an unknown token", sent: { token: `${OLD}x`, body: [] }, want: 401 },
    { why: "a body that its schema refuses", sent: { body: { note: 1 } }, want: 422 },
    { why: "a field that is not listed", sent: { body: { note: "x", extra: 1 } }, want: 400 },
  ])("$why → $want, and nothing is done", async ({ sent, want }) => {
    const { status, done, lines } = await send(sent)
    expect([status, done, lines.length]).toEqual([want, [], 1])
  })

  it("with a secret pasted into the path leaves it out of the log", async () => {
    const { lines } = await send({ thing: "sk_live.0123456789" })
    expect(lines[0]).not.toHaveProperty("thing")
  })
})
