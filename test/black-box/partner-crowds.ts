import { describe, expect, it, vi } from "vitest"
import { createEndpoint, idsOf, sampleFields, verdict, type Answer, type As } from "./partner-client.ts"

/** Spec 5.11. */
const BURST = 50
const PER_SECOND = 10

/** Spec 5.3. */
const MAX_ENDPOINTS = 20

const atOnce = async (count: number, ask: (i: number) => Promise<Answer>): Promise<readonly Answer[]> =>
  await Promise.all(Array.from({ length: count }, (_, i) => ask(i)))

const tally = (answers: readonly Answer[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[verdict(answer)] = (counts[verdict(answer)] ?? 0) + 1
  return counts
}

/** What the answer tells of the bucket: how large it is, what is left, and the seconds until it is full. */
const left = ({ headers }: Answer): readonly number[] =>
  ["Limit", "Remaining", "Reset"].map((name) => Number(headers.get(`RateLimit-${name}`)))

/** Asks until the bucket has a token again. */
const onceAllowed = async (ask: () => Promise<Answer>): Promise<Answer> =>
  await vi.waitUntil(
    async () => {
      const answer = await ask()
      return answer.status !== 429 && answer
    },
    { timeout: 10_000, interval: 50 },
  )

/** Many requests at one time. */
export function describeCrowds(as: As): void {
  describe("50 creations at one time (spec 5.3)", () => {
    const call = as({ account: "acct_box_crowd" })

    it("20 are created, 30 are webhook_endpoint_limit, and 20 are there; one deleted makes room for one", async () => {
      const creation = { body: sampleFields() }
      const answers = await atOnce(BURST, () => call("POST", "", creation))
      expect(tally(answers)).toEqual({ "201": MAX_ENDPOINTS, "422 webhook_endpoint_limit": BURST - MAX_ENDPOINTS })

      const created = answers.filter(({ status }) => status === 201).map(({ json }) => String(json["id"]))
      const list = await onceAllowed(() => call("GET", ""))
      expect(idsOf(list).toSorted()).toEqual(created.toSorted())

      // Test and live are counted apart.
      await createEndpoint(as({ account: "acct_box_crowd", livemode: true }))

      expect((await onceAllowed(() => call("DELETE", `/${created[0]}`))).status).toBe(204)
      expect(verdict(await onceAllowed(() => call("POST", "", creation)))).toBe("201")
      expect(verdict(await onceAllowed(() => call("POST", "", creation)))).toBe("422 webhook_endpoint_limit")
    })
  })

  describe("requests with one Idempotency-Key at one time (spec 5.10)", () => {
    const call = as({ account: "acct_box_replays" })

    it.each([2, 8])("%d creations make one endpoint and one answer", async (count) => {
      const before = idsOf(await call("GET", ""))
      const creation = { body: sampleFields(), headers: { "Idempotency-Key": `crowd-of-${count}` } }
      const answers = await atOnce(count, () => call("POST", "", creation))
      expect(answers.map(verdict)).toEqual(Array.from({ length: count }, () => "201"))
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
      expect(answers.filter(({ headers }) => headers.get("Idempotency-Replayed") === null)).toHaveLength(1)
      expect(idsOf(await call("GET", ""))).toHaveLength(before.length + 1)
    })
  })

  describe("the rate limit (spec 5.11)", () => {
    const test = as({ account: "acct_box_flood" })
    const live = as({ account: "acct_box_flood", livemode: true })

    it("a request takes a token, and a refused one too; what is left is told", async () => {
      const startedAt = Date.now()
      const first = await test("GET", "")
      expect(left(first)).toEqual([BURST, BURST - 1, 1])
      expect(first.headers.get("Retry-After")).toBeNull()
      const answers = await atOnce(20, () => test("GET", "/whend_x"))
      expect(tally(answers)).toEqual({ "404 resource_not_found": 20 })
      const earned = Math.ceil(((Date.now() - startedAt) / 1000) * PER_SECOND)
      expect(Math.min(...answers.map((answer) => left(answer)[1]!))).toBeLessThanOrEqual(BURST - 21 + earned)
    })

    it("an empty bucket → rate_limited, with when to come back; the other mode's is full", async () => {
      const { id } = await createEndpoint(live)
      const startedAt = Date.now()
      const answers: Answer[] = []
      // However slow this machine is, it need only be faster than the bucket fills.
      while (answers.length < 1_000 && !answers.some(({ status }) => status === 429)) {
        answers.push(...(await atOnce(BURST, () => live("GET", `/${id}`))))
      }
      const seconds = (Date.now() - startedAt) / 1000
      const refused = answers.filter(({ status }) => status === 429)
      expect(new Set(refused.map(verdict))).toEqual(new Set(["429 rate_limited"]))
      for (const { headers } of refused) {
        expect(headers.get("Retry-After")).toBe("1")
        expect([headers.get("RateLimit-Limit"), headers.get("RateLimit-Remaining")]).toEqual([String(BURST), "0"])
        expect(headers.get("RateLimit-Reset")).toBe(String(BURST / PER_SECOND))
      }
      const taken = answers.length - refused.length
      expect(taken).toBeGreaterThanOrEqual(BURST - 1)
      expect(taken).toBeLessThanOrEqual(BURST + Math.ceil(seconds * PER_SECOND))
      expect((await test("GET", "")).status).toBe(200)
    })

    it("fills again while it is asked: a refusal costs nothing", async () => {
      expect(verdict(await onceAllowed(() => live("GET", "")))).toBe("200")
    })
  })
}
