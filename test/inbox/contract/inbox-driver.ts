import { vi } from "vitest"
import type { Run } from "../../../src/attempts/run.ts"
import { toUtf8 } from "../../../src/core/bytes.ts"
import type {
  Accepted,
  HandlerCall,
  InboxDelivery,
  InboxEvent,
  InboxShard,
  BulkRerun,
  RunOutcome,
} from "../../../src/inbox/inbox.ts"

/** Far ahead of the machine's clock, by which the platform rings its alarms: none rings but when the test says so. */
export const START_MS: number = Date.UTC(2100, 0, 1)

export const SECOND_MS = 1_000
export const DAY_MS = 86_400_000

/** What stands in for the entrypoint that runs handlers. */
export interface FakeRunner {
  readonly calls: HandlerCall[]
  /** What becomes of an attempt; done unless a test says otherwise. */
  answer: (call: HandlerCall) => RunOutcome | Promise<RunOutcome>
}

/** A shard with nothing in it, and what its port does not show. */
export interface InboxFixture {
  readonly shard: () => InboxShard
  readonly runner: FakeRunner
  /** Calls of one turn, as nothing between them can be durable. */
  readonly inOneTurn: <Value>(work: (shard: InboxShard) => Promise<Value>) => Promise<Value>
  /** When the alarm stands. */
  readonly alarmAt: () => Promise<number | undefined>
  /** Rings it, whenever it stands. */
  readonly ring: () => Promise<void>
  /** The object is put away and comes back. What was in flight is not heard of again. */
  readonly restart: () => Promise<void>
  /** Until nothing goes on that waits for no timer. */
  readonly settle: () => Promise<void>
}

export const delivery = (id: string, changes: Partial<InboxDelivery> = {}): InboxDelivery => ({
  source: "credicorp",
  dedupeKey: id,
  type: "payment.settled",
  body: toUtf8(`{"id":"${id}"}`),
  deliveryId: `dlv_${id}`,
  secretId: "test",
  handlers: ["payment.*"],
  ...changes,
})

/** All dead runs of a type, in one step and at once. */
export const allDead = (changes: Partial<BulkRerun> = {}): BulkRerun => ({
  status: "dead",
  type: "payment.settled",
  handler: undefined,
  from: 0,
  keys: ["payment.*", "*"],
  before: Number.MAX_SAFE_INTEGER,
  limit: 500,
  dryRun: false,
  delayMs: 0,
  everyMs: 0,
  ...changes,
})

/** A run in words: lane, status, attempts and, if it is dead, why. */
export const inWords = ({ lane, status, attempts, reason }: Run): string =>
  [lane, status, attempts, reason].filter((part) => part !== null).join(" ")

export const failed = (error = "Error: no"): RunOutcome => ({ kind: "failed", error })

const wait = async (ms: number): Promise<void> => {
  await new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** Does not answer within any test. It waits for a timer: a promise that nothing can settle ends at once in workerd. */
export async function hang(): Promise<RunOutcome> {
  await wait(3_600_000)
  return { kind: "done" }
}

/** A gate for a runner: it asks again and again, because in workerd no promise of one object is settled from another. */
export function createGate(): { readonly open: () => void; readonly opened: () => Promise<void> } {
  const gate = { isOpen: false }
  return {
    open() {
      gate.isOpen = true
    },
    async opened() {
      while (!gate.isOpen) await wait(1)
    },
  }
}

export interface Driver extends InboxFixture {
  readonly now: () => number
  readonly pass: (ms: number) => void
  /** Accepts an event, and lets begin what it begins. */
  readonly take: (id: string, changes?: Partial<InboxDelivery>) => Promise<Accepted["kind"]>
  readonly find: (id: string) => Promise<InboxEvent>
  /** The runs of an event, in words. */
  readonly runs: (id: string) => Promise<readonly string[]>
  /** Goes on to the time of the alarm and rings it; false if none stands. */
  readonly next: () => Promise<boolean>
  /** Rings whatever is due by a time from now, in order. */
  readonly passAndRing: (ms: number) => Promise<void>
}

/** How many shards the fixture's inbox has. */
export const SHARDS = 16

export async function createDriver(fixture: InboxFixture): Promise<Driver> {
  const { shard, settle } = fixture
  const find = async (id: string): Promise<InboxEvent> => {
    const event = await shard().show("credicorp", id)
    if (!event) throw new Error(`no event ${id}`)
    return event
  }
  const driver: Driver = {
    ...fixture,
    now: () => Date.now(),
    pass: (ms) => void vi.setSystemTime(Date.now() + ms),
    async take(id, changes) {
      const { kind } = await shard().accept(delivery(id, changes), SHARDS)
      await settle()
      return kind
    },
    find,
    runs: async (id) => (await find(id)).runs.map(inWords),
    async next() {
      const at = await fixture.alarmAt()
      if (at === undefined) return false
      vi.setSystemTime(Math.max(Date.now(), at))
      await fixture.ring()
      await settle()
      return true
    },
    async passAndRing(ms) {
      const end = Date.now() + ms
      for (let steps = 0; ((await fixture.alarmAt()) ?? Infinity) <= end; steps++) {
        if (steps > 1_000) throw new Error("the alarm rings for ever")
        await driver.next()
      }
      vi.setSystemTime(end)
    },
  }
  await shard().open(SHARDS, 3)
  return driver
}
