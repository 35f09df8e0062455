// Catches an answer that is lost: a server that answers and closes while its client still writes resets the connection.

import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { BODY_TIMEOUT_MS, createBodyBudget } from "../../src/http/body-budget.ts"
import { discardBody, MAX_DISCARDED_BYTES } from "../../src/http/discard-body.ts"
import { readBody } from "../../src/http/read-body.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Sent {
  readonly request: Request
  /** How many bytes were asked for. */
  readonly read: () => number
}

const CHUNK = new Uint8Array(65_536)

/** A body of that many chunks of 64 KiB, each made when it is asked for. */
function send(chunks: number, { announced, ending = "close" }: { announced?: number; ending?: string } = {}): Sent {
  let sent = 0
  const stream = new ReadableStream(
    {
      pull(controller) {
        if (sent < chunks) {
          sent++
          return controller.enqueue(CHUNK.slice())
        }
        if (ending === "error") return controller.error(new Error("gone"))
        if (ending === "close") return controller.close()
        return new Promise<void>(() => {})
      },
    },
    { highWaterMark: 0 },
  )
  const headers = announced === undefined ? {} : { "Content-Length": String(announced) }
  const init = { method: "POST", body: stream, headers, duplex: "half" }
  return { request: new Request("https://receiver.example/", init), read: () => sent * CHUNK.length }
}

it.each([
  { why: "not announced", chunks: 320, options: {}, want: 320 },
  { why: "announced", chunks: 80, options: { announced: 80 * 65_536 }, want: 80 },
  { why: "announced, and of a size that the platform discards", chunks: 1, options: { announced: 65_536 }, want: 0 },
  { why: "announced, and above the bound", chunks: 1, options: { announced: MAX_DISCARDED_BYTES + 1 }, want: 0 },
  { why: "without an end", chunks: 1_000, options: {}, want: 512 },
  { why: "broken off", chunks: 3, options: { ending: "error" }, want: 3 },
])("a body that is $why: $want of $chunks chunks are read", async ({ chunks, options, want }) => {
  const bodies = createBodyBudget()
  const { request, read } = send(chunks, options)
  await discardBody(request, bodies)
  expect(read()).toBe(want * 65_536)
  expect(bodies.used()).toBe(0)
})

it("a sender that stops is left after the time limit of a body", async () => {
  const bodies = createBodyBudget()
  let isOver = false
  const over = discardBody(send(2, { ending: "never" }).request, bodies).then(() => (isOver = true))
  await vi.advanceTimersByTimeAsync(BODY_TIMEOUT_MS - 1)
  expect([isOver, bodies.used()]).toEqual([false, 16_384])
  await vi.advanceTimersByTimeAsync(1)
  await over
  expect(bodies.used()).toBe(0)
})

it("what follows the cap of a body is read on, after it was found to be too large", async () => {
  const bodies = createBodyBudget()
  const { request, read } = send(100)
  expect(await readBody(request, 100_000, bodies.open())).toEqual({ ok: false, error: "too_large" })
  expect(read()).toBe(2 * 65_536)
  await discardBody(request, bodies)
  expect(read()).toBe(100 * 65_536)
})

it.each([
  { why: "without a body", request: () => new Request("https://receiver.example/") },
  {
    why: "whose body was read",
    request: () => new Request("https://receiver.example/", { method: "POST", body: "x" }),
  },
])("a request $why is left alone", async ({ request: create }) => {
  const bodies = createBodyBudget()
  const request = create()
  if (request.body) await readBody(request, 100, bodies.open())
  await expect(discardBody(request, bodies)).resolves.toBeUndefined()
})
