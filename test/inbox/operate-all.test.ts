// Catches a page that skips an event or shows it twice, where pages of several shards are merged while new events arrive.

import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { EventFilter, InboxEvent } from "../../src/inbox/inbox.ts"
import type { EventStatus } from "../../src/inbox/stats.ts"
import { listAll } from "../../src/inbox/operate-all.ts"
import { sequenceAt } from "../../src/inbox/sequence.ts"
import { createShards, type Shards } from "../../src/inbox/shards.ts"
import { createMemoryShard, settle } from "../support/memory-inbox.ts"

const NOW_MS = 1_790_000_000_000

const TYPES = ["payment.settled", "payment.succeeded"] as const

/** What an event becomes, by the outcome of its one run. */
const KINDS = ["done", "dead", "unhandled", "waiting"] as const

interface Sample {
  readonly kind: EventStatus
  readonly type: (typeof TYPES)[number]
  readonly afterMs: number
}

const sample: fc.Arbitrary<Sample> = fc.record({
  kind: fc.constantFrom(...KINDS),
  type: fc.constantFrom(...TYPES),
  // Many in one millisecond, and now and then a pause.
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 })),
})

async function createInbox(
  count: number,
): Promise<{ shards: Shards; take: (id: string, one: Sample) => Promise<void> }> {
  let now = NOW_MS
  const twins = Array.from({ length: count }, () =>
    createMemoryShard({
      clock: () => now,
      runner: {
        async run({ deliveryId: kind }) {
          if (kind === "dead") return { kind, reason: "gave_up", error: "no" }
          return kind === "waiting" ? { kind: "failed", error: "no" } : { kind: "done" }
        },
      },
    }),
  )
  for (const [index, twin] of twins.entries()) await twin.open(count, index)
  const shards = createShards(count, (index) => twins[index]!)
  return {
    shards,
    async take(id, { kind, type, afterMs }) {
      now += afterMs
      const handlers = kind === "unhandled" ? undefined : ["*"]
      const delivery = {
        source: "s",
        dedupeKey: id,
        type,
        body: new Uint8Array(1),
        deliveryId: kind,
        secretId: "t",
        handlers,
      }
      await shards.at(shards.indexOf("s", id)).accept(delivery, count)
    },
  }
}

/** Every page of a filter, with an event that arrives between two. */
async function readAll(shards: Shards, filter: EventFilter, between: () => Promise<void>): Promise<InboxEvent[]> {
  const events: InboxEvent[] = []
  let before: number | undefined = filter.before
  for (let pages = 0; before !== undefined; pages++) {
    if (pages > 200) throw new Error("the listing has no end")
    const page = await listAll(shards, { ...filter, before })
    expect(page.events.length).toBeLessThanOrEqual(filter.limit)
    if (page.more !== undefined) expect(page.more).toBeLessThan(before)
    events.push(...page.events)
    before = page.more
    await between()
  }
  return events
}

describe("listAll", () => {
  it("any events, any filter, any size of page: each once, newest first, whatever arrives meanwhile", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sample, { maxLength: 40 }),
        fc.integer({ min: 1, max: 7 }),
        fc.record({
          status: fc.option(fc.constantFrom(...KINDS), { nil: undefined }),
          type: fc.option(fc.constantFrom(...TYPES), { nil: undefined }),
          fromMs: fc.integer({ min: 0, max: 40 }),
          limit: fc.integer({ min: 1, max: 9 }),
        }),
        async (samples, count, { status, type, fromMs, limit }) => {
          const { shards, take } = await createInbox(count)
          for (const [i, one] of samples.entries()) await take(`evt_${i}`, one)
          await settle()
          const sequences = await Promise.all(
            samples.map(
              async (_one, i) => (await shards.at(shards.indexOf("s", `evt_${i}`)).show("s", `evt_${i}`))!.sequence,
            ),
          )
          const from = sequenceAt(NOW_MS + fromMs)
          const want = samples
            .map((one, i) => ({ ...one, id: `evt_${i}`, sequence: sequences[i]! }))
            .filter((one) => (status === undefined || one.kind === status) && (type === undefined || one.type === type))
            .filter(({ sequence }) => sequence >= from)
            .toSorted((a, b) => b.sequence - a.sequence)
            .map(({ id }) => id)
          let late = 0
          const before = Math.max(0, ...sequences) + 1
          const seen = await readAll(shards, { status, type, from, before, limit }, async () => {
            await take(`evt_late_${late++}`, { kind: "done", type: "payment.settled", afterMs: 0 })
          })
          const ids = seen.map(({ dedupeKey }) => dedupeKey)
          // One that arrives in the millisecond of a page may still be before it: it may be shown, but not twice.
          expect(new Set(ids).size).toBe(ids.length)
          expect(ids.filter((id) => !id.startsWith("evt_late"))).toEqual(want)
          expect(seen.every(({ sequence }, i) => i === 0 || sequence < seen[i - 1]!.sequence)).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  }, 60_000)
})
