// Catches an issuer's outage that turns into 401, a stranger's `kid` that makes us hammer the issuer, and a key set that is
// used for ever.

import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import { eventually } from "../../support/eventually.ts"
import { parseKeySet } from "../../../src/endpoints/auth/key-set.ts"
import { createFetchedKeys, createFixedKeys, type KeySource } from "../../../src/endpoints/auth/key-source.ts"
import { createTokenAuth } from "../../../src/endpoints/auth/tokens.ts"
import { NOW } from "../../support/delivery.ts"
import { AUDIENCE, createIssuer, ISSUER, soundClaims, type Issuer } from "../../support/issuer.ts"

const URL = "https://issuer.example/keys"
const BEGIN = NOW * 1000

let one: Issuer
let two: Issuer
beforeAll(async () => {
  one = await createIssuer("k1")
  two = await createIssuer("k2")
})

type Answer = () => Response | Promise<Response>

/** What the issuer answers next, and what it was asked. */
let answer: Answer
let asked: RequestInit[] = []
let log: Readonly<Record<string, unknown>>[] = []
beforeEach(() => {
  asked = []
  log = []
})

const publish = (...issuers: readonly Pick<Issuer, "jwk">[]): Answer => {
  const text = JSON.stringify({ keys: issuers.map(({ jwk }) => jwk) })
  return () => new Response(text, { headers: { "Content-Type": "application/json" } })
}
/** Of the right length, which is all that can be seen of it. */
const OFF_CURVE = { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43), kid: "k1" }
const down: Answer = () => {
  throw new TypeError("fetch failed")
}

const open = (timeoutMs = 5_000): KeySource =>
  createFetchedKeys(URL, {
    fetch: async (_url, init) => {
      asked.push(init!)
      return await answer()
    },
    log: (entry) => log.push(entry),
    waitUntil: () => {},
    timeoutMs,
  })

/** What becomes of a token so many milliseconds after the beginning. */
const createJudge = (source: KeySource) => {
  const authenticate = createTokenAuth({ issuer: ISSUER, audience: AUDIENCE }, source)
  return async (issuer: Issuer, afterMs: number): Promise<string> => {
    const token = await issuer.token({ exp: NOW + 999_999 })
    const result = await authenticate(token, BEGIN + afterMs)
    return result.ok ? "believed" : result.error.code
  }
}

const FRESH = 600_000
const USABLE = 3_600_000
const INTERVAL = 30_000
const DAY = 86_400_000
const KNOWN = "believed"
const UNKNOWN = "invalid_api_key"
const OUT = "temporarily_unavailable"

interface Step {
  readonly at: number
  /** What the issuer does from here on. */
  readonly when?: "down" | "one" | "two" | "both"
  readonly token: "one" | "two"
  readonly want: string
  /** How often the issuer was asked in all, after this step. */
  readonly asked: number
}

const STORIES: readonly { why: string; steps: readonly Step[] }[] = [
  {
    why: "a set is fetched once, and again when it is 10 minutes old",
    steps: [
      { at: 0, when: "one", token: "one", want: KNOWN, asked: 1 },
      { at: FRESH - 1, token: "one", want: KNOWN, asked: 1 },
      { at: FRESH, token: "one", want: KNOWN, asked: 2 },
      { at: FRESH * 2 - 1, token: "one", want: KNOWN, asked: 2 },
    ],
  },
  {
    why: "a key that the issuer has dropped is believed for 10 minutes at most",
    steps: [
      { at: 0, when: "both", token: "one", want: KNOWN, asked: 1 },
      { at: 1, when: "two", token: "one", want: KNOWN, asked: 1 },
      { at: FRESH, token: "one", want: UNKNOWN, asked: 2 },
    ],
  },
  {
    why: "an unknown kid fetches at most every 30 s",
    steps: [
      { at: 0, when: "one", token: "two", want: UNKNOWN, asked: 1 },
      { at: 1, token: "two", want: UNKNOWN, asked: 1 },
      { at: INTERVAL - 1, token: "two", want: UNKNOWN, asked: 1 },
      { at: INTERVAL, token: "two", want: UNKNOWN, asked: 2 },
      { at: INTERVAL * 2 - 1, token: "two", want: UNKNOWN, asked: 2 },
      { at: INTERVAL * 2, when: "both", token: "two", want: KNOWN, asked: 3 },
    ],
  },
  {
    why: "a key that is new is found at once",
    steps: [
      { at: 0, when: "one", token: "one", want: KNOWN, asked: 1 },
      { at: INTERVAL, when: "both", token: "two", want: KNOWN, asked: 2 },
      { at: INTERVAL + 1, token: "one", want: KNOWN, asked: 2 },
    ],
  },
  {
    why: "never reached → 503, and asked again after 30 s, not for each token",
    steps: [
      { at: 0, when: "down", token: "one", want: OUT, asked: 1 },
      { at: 1, when: "one", token: "one", want: OUT, asked: 1 },
      { at: INTERVAL - 1, token: "one", want: OUT, asked: 1 },
      { at: INTERVAL, token: "one", want: KNOWN, asked: 2 },
    ],
  },
  {
    why: "out of reach later → the last good set for an hour, then 503",
    steps: [
      { at: 0, when: "one", token: "one", want: KNOWN, asked: 1 },
      { at: FRESH, when: "down", token: "one", want: KNOWN, asked: 2 },
      { at: FRESH + INTERVAL - 1, token: "one", want: KNOWN, asked: 2 },
      { at: FRESH + INTERVAL, token: "one", want: KNOWN, asked: 3 },
      { at: USABLE - 1, token: "one", want: KNOWN, asked: 4 },
      { at: USABLE, token: "one", want: OUT, asked: 4 },
      { at: USABLE + INTERVAL, when: "one", token: "one", want: KNOWN, asked: 5 },
    ],
  },
  {
    why: "an unknown kid while the issuer is out of reach → 503, never 401; what is known goes on",
    steps: [
      { at: 0, when: "one", token: "one", want: KNOWN, asked: 1 },
      { at: INTERVAL, when: "down", token: "two", want: OUT, asked: 2 },
      { at: INTERVAL + 1, token: "two", want: OUT, asked: 2 },
      { at: INTERVAL + 2, token: "one", want: KNOWN, asked: 2 },
      { at: INTERVAL * 2, when: "one", token: "two", want: UNKNOWN, asked: 3 },
    ],
  },
  {
    why: "a clock that goes back 10 minutes or more → a new set: nobody knows how old the one at hand is",
    steps: [
      { at: 0, when: "one", token: "one", want: KNOWN, asked: 1 },
      { at: 1 - FRESH, token: "one", want: KNOWN, asked: 1 },
      { at: -FRESH, token: "one", want: KNOWN, asked: 2 },
    ],
  },
  {
    why: "fetched by a clock a day ahead, a dropped key is believed no longer once the clock is right",
    steps: [
      { at: DAY, when: "both", token: "one", want: KNOWN, asked: 1 },
      { at: 0, when: "two", token: "one", want: UNKNOWN, asked: 2 },
      { at: INTERVAL, when: "both", token: "one", want: KNOWN, asked: 3 },
      { at: DAY, when: "down", token: "one", want: OUT, asked: 4 },
    ],
  },
]

describe("createFetchedKeys", () => {
  it.each(STORIES)("$why", async ({ steps }) => {
    const judge = createJudge(open())
    const states = { down, one: publish(one), two: publish(two), both: publish(one, two) }
    for (const { at, when, token, want, asked: total } of steps) {
      if (when) answer = states[when]
      const got = await judge(token === "one" ? one : two, at)
      expect({ at, got, asked: asked.length }).toEqual({ at, got: want, asked: total })
    }
  })

  it("asks for JSON, follows no redirect, and with an end", async () => {
    answer = publish(one)
    await createJudge(open())(one, 0)
    expect(asked[0]).toMatchObject({ redirect: "manual", headers: { Accept: "application/json" } })
    expect(asked[0]?.signal).toBeInstanceOf(AbortSignal)
  })

  it.each<{ why: string; response: Answer; says: RegExp }>([
    { why: "no answer", response: down, says: /fetch failed/ },
    { why: "500", response: () => new Response("oops", { status: 500 }), says: /answered 500/ },
    { why: "404 with a set", response: () => new Response(one.keySet, { status: 404 }), says: /answered 404/ },
    {
      why: "a redirect",
      response: () => new Response(null, { status: 302, headers: { Location: URL } }),
      says: /answered 302/,
    },
    { why: "no JSON", response: () => new Response("<html>"), says: /must be a JSON Web Key Set/ },
    { why: "no UTF-8", response: () => new Response(new Uint8Array([0xff])), says: /TypeError/ },
    { why: "nothing", response: () => new Response(null), says: /must be a JSON Web Key Set/ },
    { why: "a set without keys", response: () => new Response('{"keys":[]}'), says: /no public key/ },
    {
      why: "a set with a shared key",
      response: () => new Response('{"keys":[{"kty":"oct","k":"eHh4"}]}'),
      says: /secret/,
    },
    {
      why: "a key without a point",
      response: () => publish({ jwk: { ...one.jwk, x: "AA", y: "AA" } })(),
      says: /no public/,
    },
    { why: "a point off its curve", response: () => publish({ jwk: OFF_CURVE })(), says: /no public key/ },
    { why: "a byte over 128 KiB", response: () => new Response(one.keySet.padEnd(131_073)), says: /over 131072 bytes/ },
  ])("$why → 503, the reason is logged, and the last good set stays", async ({ response, says }) => {
    answer = response
    expect(await createJudge(open())(one, 0)).toBe(OUT)
    expect(log).toEqual([
      { level: "error", message: "the key set is out of reach", error: expect.stringMatching(says) },
    ])

    const judge = createJudge(open())
    answer = publish(one)
    expect(await judge(one, 0)).toBe(KNOWN)
    answer = response
    expect(await judge(one, FRESH)).toBe(KNOWN)
  })

  it("a key that is none takes no other with it", async () => {
    answer = publish({ jwk: { ...OFF_CURVE, kid: "k2" } }, one)
    const judge = createJudge(open())
    expect([await judge(one, 0), await judge(two, 0), log]).toEqual([KNOWN, UNKNOWN, []])
  })

  it("128 KiB to the byte are read", async () => {
    answer = () => new Response(one.keySet.padEnd(131_072))
    expect(await createJudge(open())(one, 0)).toBe(KNOWN)
  })

  it("a body that the platform decodes is counted as it comes, whatever length it has on the wire", async () => {
    let pulls = 0
    const stream = new ReadableStream({
      pull(controller) {
        pulls += 1
        if (pulls > 1_000) controller.close()
        else controller.enqueue(new Uint8Array(16_384))
      },
    })
    answer = () => new Response(stream, { headers: { "Content-Encoding": "br", "Content-Length": "500" } })
    expect(await createJudge(open())(one, 0)).toBe(OUT)
    expect(log).toMatchObject([{ error: expect.stringMatching(/over 131072 bytes/) as string }])
    expect(pulls).toBeLessThan(20)
  })

  it("a text of the issuer's is cut before it is logged", async () => {
    answer = () => {
      throw new Error("x".repeat(5_000))
    }
    await createJudge(open())(one, 0)
    expect(String(log[0]?.["error"])).toHaveLength(1_024)
  })

  it("eight first tokens at once share one request", async () => {
    const { promise, resolve } = createGate()
    answer = async () => await promise.then(publish(one))
    const judge = createJudge(open())
    const verdicts = Promise.all(Array.from({ length: 8 }, () => judge(one, 0)))
    resolve()
    expect(await verdicts).toEqual(Array(8).fill(KNOWN))
    expect(asked).toHaveLength(1)
  })

  it("eight tokens of a key that is new share one request, and none of them is refused", async () => {
    const judge = createJudge(open())
    answer = publish(one)
    await judge(one, 0)
    const { promise, resolve } = createGate()
    answer = async () => await promise.then(publish(one, two))
    const verdicts = Promise.all(Array.from({ length: 8 }, () => judge(two, INTERVAL)))
    // What is known need not wait for it.
    expect(await judge(one, INTERVAL)).toBe(KNOWN)
    resolve()
    expect(await verdicts).toEqual(Array(8).fill(KNOWN))
    expect(asked).toHaveLength(2)
  })

  it("while a new set is on its way, only who asked for it waits", async () => {
    const judge = createJudge(open())
    answer = publish(one)
    await judge(one, 0)
    const { promise, resolve } = createGate()
    answer = async () => await promise.then(publish(one))
    const first = judge(one, FRESH)
    // Tokens are signed on threads: the other's could be ready before.
    await eventually(() => expect(asked).toHaveLength(2))
    expect(await judge(one, FRESH)).toBe(KNOWN)
    resolve()
    expect(await first).toBe(KNOWN)
    expect(asked).toHaveLength(2)
  })

  // A promise of one request is not awaited in another: the platform ties it to the request that made it.
  it("a request that finds a fetch under way waits by itself, and not longer than a fetch may take", async () => {
    answer = () => new Promise<never>(() => {})
    const judge = createJudge(open(60))
    expect(await Promise.all([judge(one, 0), judge(one, 1), judge(two, 2)])).toEqual([OUT, OUT, OUT])
    expect(asked).toHaveLength(1)
  })

  it("an issuer that never answers → 503 in time, with the last good set where there is one", async () => {
    const judge = createJudge(open(20))
    answer = () => new Promise<never>(() => {})
    expect(await judge(one, 0)).toBe(OUT)
    answer = publish(one)
    expect(await judge(one, INTERVAL)).toBe(KNOWN)
    answer = () => new Promise<never>(() => {})
    expect(await judge(one, INTERVAL + FRESH)).toBe(KNOWN)
    expect(asked).toHaveLength(3)
  })

  it("a body that never ends → 503 in time", async () => {
    const judge = createJudge(open(20))
    answer = () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) }))
    expect(await judge(one, 0)).toBe(OUT)
  })

  it.each([
    { why: "a newer one", at: INTERVAL },
    { why: "one that was asked for later, by a clock that was set back", at: -INTERVAL },
  ])("an answer that comes late does not undo $why", async ({ at }) => {
    const { promise, resolve } = createGate()
    const judge = createJudge(open(20))
    answer = async () => await promise.then(publish(one))
    expect(await judge(two, 0)).toBe(OUT)
    answer = publish(two)
    expect(await judge(two, at)).toBe(KNOWN)
    resolve()
    await promise
    await new Promise((after) => setTimeout(after))
    expect([await judge(two, at + 1), asked.length]).toEqual([KNOWN, 2])
  })
})

describe("createFixedKeys", () => {
  it("an unknown kid → invalid_api_key: there is nothing newer", async () => {
    const judge = createJudge(createFixedKeys(parseKeySet(one.keySet)))
    expect([await judge(one, 0), await judge(two, 0)]).toEqual([KNOWN, UNKNOWN])
  })
})

it("a token that no key could make costs no request to the issuer", async () => {
  answer = publish(one)
  const source = open()
  const authenticate = createTokenAuth({ issuer: ISSUER, audience: AUDIENCE }, source)
  expect((await authenticate("a.b", BEGIN)).ok).toBe(false)
  expect((await authenticate(`${btoa(JSON.stringify(soundClaims()))}..`, BEGIN)).ok).toBe(false)
  expect(asked).toEqual([])
})

/** A promise that the test lets go. */
function createGate(): { promise: Promise<void>; resolve: () => void } {
  const end = new AbortController()
  const promise = new Promise<void>((resolve) => {
    end.signal.addEventListener("abort", () => resolve())
  })
  return { promise, resolve: () => end.abort() }
}
