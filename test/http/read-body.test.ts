import { describe, expect, it } from "vitest"
import { createBodyBudget, type BodyCharge } from "../../src/http/body-budget.ts"
import { readBody } from "../../src/http/read-body.ts"

/** Bytes without a period that a buffer's size could hide. */
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255)

/** What a stream saw of its reader. */
interface Seen {
  pulls: number
  cancelled: number
}

interface Source {
  readonly chunks: readonly Uint8Array[]
  /** Comes after the chunks, in place of the end. */
  readonly error?: Error
  readonly cancel?: () => unknown
}

type StreamKind = "bytes" | "chunks"

/** A body that gives one chunk each time it is asked, and keeps count. Nothing is made ahead of the reader. */
function streamOf(kind: StreamKind, { chunks, error, cancel }: Source): { stream: ReadableStream; seen: Seen } {
  const seen: Seen = { pulls: 0, cancelled: 0 }
  const source = {
    pull(controller: ReadableByteStreamController) {
      const chunk = chunks[seen.pulls++]
      // A byte stream takes the buffer away.
      if (chunk) return controller.enqueue(chunk.slice())
      if (error) return controller.error(error)
      controller.close()
      controller.byobRequest?.respond(0)
    },
    cancel() {
      seen.cancelled++
      return cancel?.() as undefined
    },
  }
  const stream =
    kind === "bytes"
      ? new ReadableStream({ ...source, type: "bytes" }, { highWaterMark: 0 })
      : new ReadableStream(source as unknown as UnderlyingSource, { highWaterMark: 0 })
  return { stream, seen }
}

/** A request with a body of ours; `duplex` is what Node asks of a streamed one. */
const post = (body: BodyInit | null, contentLength?: string): Request =>
  new Request("https://receiver.example/", {
    method: "POST",
    body,
    headers: contentLength === undefined ? {} : { "Content-Length": contentLength },
    ...({ duplex: "half" } as object),
  })

const CAP = 1000

/** Returns the body, or why it could not be read. */
const read = async (request: Request, maxBytes: number, charge?: BodyCharge): Promise<Uint8Array | string> => {
  const body = await readBody(request, maxBytes, charge)
  charge?.end()
  return body.ok ? body.value : body.error
}

const lengths = [
  { why: "empty", length: 0 },
  { why: "one byte", length: 1 },
  { why: "one under the cap", length: CAP - 1 },
  { why: "exactly the cap", length: CAP },
]

describe("readBody takes a body up to the cap, inclusive (spec 3.5)", () => {
  it.each(lengths)("$why → its bytes", async ({ length }) => {
    expect(await read(post(bytes(length)), CAP)).toEqual(bytes(length))
  })

  it("no body at all → empty", async () => {
    expect(await read(post(null), CAP)).toEqual(new Uint8Array())
  })

  it("a GET → empty", async () => {
    expect(await read(new Request("https://receiver.example/"), CAP)).toEqual(new Uint8Array())
  })

  it("text → its UTF-8, byte order mark and all", async () => {
    const body = await read(post("\ufeffé"), CAP)
    expect(body).toEqual(Uint8Array.of(0xef, 0xbb, 0xbf, 0xc3, 0xa9))
  })

  it("bytes that are no UTF-8 → as they are", async () => {
    expect(await read(post(Uint8Array.of(0xff, 0, 0xc3)), CAP)).toEqual(Uint8Array.of(0xff, 0, 0xc3))
  })

  it("one byte over the cap → too_large", async () => {
    expect(await read(post(bytes(CAP + 1)), CAP)).toBe("too_large")
  })

  it("a cap of one byte → holds", async () => {
    expect(await read(post(bytes(1)), 1)).toEqual(bytes(1))
    expect(await read(post(bytes(2)), 1)).toBe("too_large")
  })
})

const kinds: readonly { kind: StreamKind; charged: boolean }[] = [
  { kind: "bytes", charged: false },
  { kind: "chunks", charged: false },
  { kind: "bytes", charged: true },
  { kind: "chunks", charged: true },
]

const open = (charged: boolean): BodyCharge | undefined => (charged ? createBodyBudget().open() : undefined)

// The first buffer has 16 KiB and a byte, the next 64 KiB and a byte: the lengths around its edges are the ones that a slip would lose a byte at.
const arriving = [
  { why: "no chunks", chunks: [] },
  { why: "one chunk", chunks: [bytes(500)] },
  { why: "the cap in two chunks", chunks: [bytes(70_000), bytes(30_000)] },
  { why: "just under the first buffer", chunks: [bytes(16_383)] },
  { why: "exactly the first buffer", chunks: [bytes(16_384)] },
  { why: "the first buffer to its last byte", chunks: [bytes(16_385)] },
  { why: "just over the first buffer", chunks: [bytes(16_386)] },
  { why: "exactly the second buffer", chunks: [bytes(16_384), bytes(49_152)] },
  { why: "the second buffer to its last byte", chunks: [bytes(16_384), bytes(49_153)] },
  { why: "one over the second buffer", chunks: [bytes(16_384), bytes(49_154)] },
  { why: "exactly the cap, by buffers", chunks: [bytes(65_536), bytes(34_464)] },
  { why: "a chunk across two buffers", chunks: [bytes(10_000), bytes(20_000), bytes(5)] },
  { why: "one chunk over several buffers", chunks: [bytes(99_999)] },
  { why: "5,000 chunks of one byte", chunks: Array.from({ length: 5000 }, (_, i) => Uint8Array.of(i & 255)) },
]

/** Announced lengths that are not true, or no lengths; what arrives counts. */
const lies = [
  { why: "says nothing", announced: undefined },
  { why: "says less than comes", announced: "1" },
  { why: "says 0", announced: "0" },
  { why: "says more than comes, up to the cap", announced: "100000" },
  { why: "says less than nothing", announced: "-1" },
  { why: "says no number", announced: "lots" },
  { why: "says two numbers", announced: "1, 200000" },
  { why: "says an empty text", announced: "" },
]

const STREAM_CAP = 100_000

/** 1,000,000 bytes in chunks of 1,000. */
const LONG = Array.from({ length: 1000 }, () => bytes(1000))

/** `toEqual` takes a hundred times as long. */
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])

const join = (chunks: readonly Uint8Array[]): Uint8Array => Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))

describe.each(kinds)("readBody of a stream of $kind, charged: $charged (spec 3.5)", ({ kind, charged }) => {
  it.each(arriving)("$why → all bytes, in order", async ({ chunks }) => {
    const body = await read(post(streamOf(kind, { chunks }).stream), STREAM_CAP, open(charged))
    expect(typeof body !== "string" && same(body, join(chunks))).toBe(true)
  })

  it.each(lies)("$why, and a body within the cap comes → its bytes", async ({ announced }) => {
    const { stream } = streamOf(kind, { chunks: [bytes(40_000)] })
    expect(await read(post(stream, announced), STREAM_CAP, open(charged))).toEqual(bytes(40_000))
  })

  it.each(lies)("$why, and a body over the cap comes → too_large", async ({ announced }) => {
    const { stream } = streamOf(kind, { chunks: [bytes(60_000), bytes(40_001)] })
    expect(await read(post(stream, announced), STREAM_CAP, open(charged))).toBe("too_large")
  })

  it("one byte over the cap, in chunks of one byte → too_large", async () => {
    const { stream } = streamOf(kind, { chunks: Array.from({ length: 101 }, () => bytes(1)) })
    expect(await read(post(stream), 100, open(charged))).toBe("too_large")
  })

  it("announces one byte over the cap → too_large, and nothing was read", async () => {
    const { stream, seen } = streamOf(kind, { chunks: [bytes(1)] })
    expect(await read(post(stream, "100001"), STREAM_CAP, open(charged))).toBe("too_large")
    expect(seen.pulls).toBe(0)
  })

  it("goes on far beyond the cap → too_large, and nothing asked for beyond one buffer", async () => {
    const { stream, seen } = streamOf(kind, { chunks: LONG })
    expect(await read(post(stream), 10_000, open(charged))).toBe("too_large")
    expect(seen.pulls).toBeLessThanOrEqual(17)
    // With a charge, whoever answers discards the rest: a sender whose connection is reset never reads the answer.
    expect([seen.cancelled, stream.locked]).toEqual(charged ? [0, false] : [1, true])
  })

  it("fails at once → incomplete", async () => {
    const { stream } = streamOf(kind, { chunks: [], error: new Error("gone") })
    expect(await read(post(stream), STREAM_CAP, open(charged))).toBe("incomplete")
  })

  it("fails half way → incomplete, and no half", async () => {
    const { stream } = streamOf(kind, { chunks: [bytes(30_000), bytes(10)], error: new Error("gone") })
    expect(await read(post(stream, "50000"), STREAM_CAP, open(charged))).toBe("incomplete")
  })

  it("is too large, and cancelling it fails → still too_large", async () => {
    const { stream } = streamOf(kind, { chunks: LONG, cancel: () => Promise.reject(new Error("cannot cancel")) })
    expect(await read(post(stream), CAP, open(charged))).toBe("too_large")
  })

  it("is too large, and cancelling it never ends → too_large all the same", { timeout: 1000 }, async () => {
    const { stream } = streamOf(kind, { chunks: LONG, cancel: () => new Promise<void>(() => {}) })
    expect(await read(post(stream), CAP, open(charged))).toBe("too_large")
  })

  // A branch of a tee is cancelled only when both are: whoever waits for that waits for the other reader.
  it("is too large, and of a clone → too_large, while the other body is unread", { timeout: 1000 }, async () => {
    const { stream } = streamOf(kind, { chunks: LONG })
    expect(await read(post(stream).clone(), CAP, open(charged))).toBe("too_large")
  })
})

describe.each(kinds)(
  "readBody of a stream of $kind that has ended before it is read, charged: $charged",
  ({ kind, charged }) => {
    // A read that insists on a minimum fails on a stream that ended with fewer bytes waiting.
    it.each(arriving)("$why → all bytes, in order", async ({ chunks }) => {
      const start = (controller: ReadableByteStreamController): void => {
        for (const chunk of chunks) controller.enqueue(chunk.slice())
        controller.close()
      }
      const source = kind === "bytes" ? { start, type: "bytes" } : { start }
      const body = await read(
        post(new ReadableStream(source as unknown as UnderlyingSource)),
        STREAM_CAP,
        open(charged),
      )
      expect(typeof body !== "string" && same(body, join(chunks))).toBe(true)
    })
  },
)

describe("readBody of a sender who trickles", () => {
  // A fresh buffer for every byte that comes would hold 16 KiB for each: a small body would take gigabytes.
  it("2,000 single bytes → all of them, in order", async () => {
    const sent = Uint8Array.from({ length: 2000 }, (_, i) => i & 255)
    let count = 0
    const pull = (controller: ReadableByteStreamController): void => {
      if (count === sent.length) controller.close()
      else controller.enqueue(sent.slice(count, ++count))
    }
    expect(await read(post(new ReadableStream({ type: "bytes", pull })), STREAM_CAP)).toEqual(sent)
  })
})

const announcements = [
  { why: "one over the cap", announced: "1001", want: "too_large" },
  { why: "more digits than a number holds", announced: "9".repeat(400), want: "too_large" },
  { why: "exactly the cap", announced: "1000", want: "ok" },
  { why: "leading zeros", announced: "0000999", want: "ok" },
]

describe("readBody: an announced length (spec 3.5)", () => {
  it.each(announcements)("$why → $want", async ({ announced, want }) => {
    const { stream } = streamOf("chunks", { chunks: [bytes(10)] })
    const body = await read(post(stream, announced), CAP)
    expect(body).toEqual(want === "ok" ? bytes(10) : want)
  })
})

const takenBefore: readonly { why: string; take: (request: Request) => unknown }[] = [
  { why: "read as text", take: (request) => request.text() },
  { why: "read as JSON", take: (request) => request.json() },
  { why: "read as bytes", take: (request) => request.arrayBuffer() },
  { why: "its first chunk read", take: (request) => request.body!.getReader().read() },
  { why: "cancelled", take: (request) => request.body!.cancel() },
  { why: "locked", take: (request) => request.body!.getReader() },
]

describe("readBody refuses a request that somebody else reads: the signed bytes are gone (spec 1.3)", () => {
  it.each(takenBefore)("$why → TypeError with cause and cure", async ({ take }) => {
    const request = post('{"a":1}')
    await take(request)
    const failure: unknown = await readBody(request, CAP).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(TypeError)
    expect(String(failure)).toMatch(/read.*clone/)
  })

  const clones = [
    { why: "the clone, after the request was read", readFirst: true, readClone: true },
    { why: "the clone, before the request is read", readFirst: false, readClone: true },
    { why: "the request, its clone unread", readFirst: false, readClone: false },
  ]

  it.each(clones)("$why → its bytes", async ({ readFirst, readClone }) => {
    const request = post('{"a":1}')
    const clone = request.clone()
    if (readFirst) await request.text()
    const body = await read(readClone ? clone : request, CAP)
    expect(body).toEqual(new TextEncoder().encode('{"a":1}'))
  })
})
