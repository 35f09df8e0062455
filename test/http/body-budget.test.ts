// Catches bounds that hold per request only: connections that never finish their body hold memory without an end.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import {
  BODY_BUDGET_BYTES,
  BODY_TIMEOUT_MS,
  createBodyBudget,
  SMALL_BODY_BYTES,
  type BodyBudget,
  type BodyCharge,
} from "../../src/http/body-budget.ts"
import { readBody } from "../../src/http/read-body.ts"

beforeEach(() => void vi.useFakeTimers({ now: 1_790_000_000_000 }))
afterEach(() => void vi.useRealTimers())

const LARGE = 1_048_576
const SMALL = 65_536

/** A charge that tells why it was given up. */
interface Watched extends BodyCharge {
  readonly reason: () => string | undefined
}

function open(bodies: BodyBudget, bytes: number): Watched {
  const charge = bodies.open()
  let reason: string | undefined
  void charge.givenUp.then((given) => (reason = given))
  charge.raise(bytes)
  return { ...charge, reason: () => reason }
}

const openMany = (bodies: BodyBudget, count: number, bytes: number): readonly Watched[] =>
  Array.from({ length: count }, () => open(bodies, bytes))

const settle = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(0))

const reasonsOf = (charges: readonly Watched[]): readonly (string | undefined)[] =>
  charges.map(({ reason }) => reason())

describe("the budget of an isolate", () => {
  it("is 32 MiB, half of it for bodies of at most 64 KiB, 10 s each", () => {
    expect([BODY_BUDGET_BYTES, SMALL_BODY_BYTES, BODY_TIMEOUT_MS]).toEqual([33_554_432, 65_537, 10_000])
  })

  it("200 unfinished bodies of 1 MiB hold no more than half of it, and the oldest are given up", async () => {
    const bodies = createBodyBudget()
    const charges = openMany(bodies, 200, LARGE)
    await settle()
    expect(bodies.used()).toBe(BODY_BUDGET_BYTES / 2)
    expect(reasonsOf(charges)).toEqual([...Array(184).fill("no_room"), ...Array(16).fill(undefined)])
  })

  it("10,000 unfinished bodies of 64 KiB hold no more than all of it, and the oldest are given up", async () => {
    const bodies = createBodyBudget()
    const charges = openMany(bodies, 10_000, SMALL)
    await settle()
    expect(bodies.used()).toBe(BODY_BUDGET_BYTES)
    expect(reasonsOf(charges).indexOf(undefined)).toBe(10_000 - 512)
  })

  it("large bodies take nothing from small ones", async () => {
    const bodies = createBodyBudget()
    const small = openMany(bodies, 256, SMALL)
    openMany(bodies, 100, LARGE)
    await settle()
    expect(reasonsOf(small)).toEqual(Array(256).fill(undefined))
    expect(bodies.used()).toBe(BODY_BUDGET_BYTES)
  })

  it("a small body becomes a large one with the byte that is too many", async () => {
    const bodies = createBodyBudget({ maxBytes: 4 * SMALL })
    const [first, second] = [open(bodies, SMALL), open(bodies, SMALL)]
    expect(first.raise(2 * SMALL)).toBe(true)
    // More than half: the older of the large ones is given up.
    expect(second.raise(SMALL_BODY_BYTES + 1)).toBe(true)
    await settle()
    expect(reasonsOf([first, second])).toEqual(["no_room", undefined])
  })

  it("a body that is itself the oldest is given up, and its charge ends", async () => {
    const bodies = createBodyBudget({ maxBytes: 100 })
    const [first, second] = [open(bodies, 50), open(bodies, 50)]
    expect(first.raise(51)).toBe(false)
    await settle()
    expect(reasonsOf([first, second])).toEqual(["no_room", undefined])
    expect(bodies.used()).toBe(50)
    // Nothing can be charged to it afterwards.
    expect(first.raise(1)).toBe(false)
  })

  it("a whole body counts until its end, and is never given up", async () => {
    const bodies = createBodyBudget({ maxBytes: 100 })
    const whole = open(bodies, 90)
    whole.complete()
    const next = open(bodies, 20)
    await settle()
    expect(reasonsOf([whole, next])).toEqual([undefined, "no_room"])
    whole.end()
    expect(bodies.used()).toBe(0)
    expect(open(bodies, 100).raise(100)).toBe(true)
  })

  it("nothing fits that is larger than the budget", () => {
    const bodies = createBodyBudget({ maxBytes: 100 })
    expect(bodies.open().raise(101)).toBe(false)
    expect(bodies.used()).toBe(0)
  })

  it("an end that comes twice, or after it was given up, takes nothing from others", () => {
    const bodies = createBodyBudget({ maxBytes: 100 })
    const [first, second] = [open(bodies, 60), open(bodies, 60)]
    first.end()
    first.end()
    expect(bodies.used()).toBe(60)
    second.end()
    second.complete()
    second.end()
    expect(bodies.used()).toBe(0)
  })
})

describe("time", () => {
  it("a body that is not whole after 10 s is given up as incomplete, and one that is whole is not", async () => {
    const bodies = createBodyBudget()
    const [slow, whole] = [open(bodies, 1), open(bodies, 1)]
    whole.complete()
    await vi.advanceTimersByTimeAsync(BODY_TIMEOUT_MS - 1)
    expect(slow.reason()).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(reasonsOf([slow, whole])).toEqual(["incomplete", undefined])
  })

  // The code of a request whose sender hung up may never run again, and its timer neither.
  it("the charges of requests that ended without a word expire by the clock", () => {
    let now = 0
    const bodies = createBodyBudget({ clock: () => now, maxBytes: 100 })
    open(bodies, 50)
    const whole = open(bodies, 50)
    now = 9_000
    whole.complete()
    now = 10_000
    expect(bodies.open().raise(50)).toBe(true)
    expect(bodies.used()).toBe(100)
    now = 19_000
    expect(bodies.open().raise(50)).toBe(true)
    expect(bodies.used()).toBe(100)
  })

  it("a clock that is set back by a year keeps no charge for a year", () => {
    let now = 31_536_000_000
    const bodies = createBodyBudget({ clock: () => now, maxBytes: 100 })
    open(bodies, 100).complete()
    now = 0
    expect(bodies.open().raise(100)).toBe(true)
    expect(bodies.used()).toBe(100)
  })
})

/** A body that sends these chunks and then nothing, for ever. */
function unfinished(chunks: readonly Uint8Array[], length?: number): Request {
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
    },
  })
  return new Request("https://receiver.example/", {
    method: "POST",
    body: stream,
    headers: length === undefined ? {} : { "Content-Length": String(length) },
    ...({ duplex: "half" } as object),
  })
}

const errorOf = async (body: ReturnType<typeof readBody>): Promise<unknown> => {
  const result = await body
  return result.ok ? result.value.length : result.error
}

describe("a body that is read within a budget", () => {
  it.each([
    { why: "announced", length: 1_000, want: 1_000 },
    { why: "not announced", length: undefined, want: 16_385 },
  ])("$why: is charged before its memory is allocated, and given up after 10 s", async ({ length, want }) => {
    const bodies = createBodyBudget()
    const charge = bodies.open()
    const reading = errorOf(readBody(unfinished([new Uint8Array(999)], length), LARGE, charge))
    await settle()
    expect(bodies.used()).toBe(want)
    await vi.advanceTimersByTimeAsync(BODY_TIMEOUT_MS)
    expect(await reading).toBe("incomplete")
    charge.end()
    expect(bodies.used()).toBe(0)
  })

  // A buffer that doubles held twice the cap.
  it("memory grows with what arrives, up to four times as much, and ends a byte beyond the cap", async () => {
    const bodies = createBodyBudget()
    const seen: number[] = []
    for (const bytes of [0, 16_384, 16_385, 65_537, 262_145, 900_000]) {
      const charge = bodies.open()
      void readBody(unfinished([new Uint8Array(bytes)]), 1_000_000, charge)
      await settle()
      seen.push(bodies.used())
      charge.end()
    }
    expect(seen).toEqual([16_385, 16_385, 65_537, 262_145, 1_000_001, 1_000_001])
  })

  it.each([{ length: LARGE }, { length: undefined }])(
    "200 bodies that never end (announced: $length), and a small one among them is read",
    async ({ length }) => {
      const bodies = createBodyBudget()
      const chunk = new Uint8Array(LARGE - 1)
      const reading = Array.from({ length: 200 }, () =>
        errorOf(readBody(unfinished([chunk], length), LARGE, bodies.open())),
      )
      await settle()
      expect(bodies.used()).toBeLessThanOrEqual(BODY_BUDGET_BYTES / 2)
      const request = new Request("https://receiver.example/", { method: "POST", body: "genuine" })
      expect(await errorOf(readBody(request, LARGE, bodies.open()))).toBe(7)
      await vi.advanceTimersByTimeAsync(BODY_TIMEOUT_MS)
      const answers = await Promise.all(reading)
      expect(answers.filter((answer) => answer === "no_room").length).toBeGreaterThanOrEqual(184)
      expect(new Set(answers)).toEqual(new Set(["no_room", "incomplete"]))
    },
  )
})
