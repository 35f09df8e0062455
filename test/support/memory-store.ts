import type { CommitStorage } from "../../src/inbox/group-commit.ts"
import type { Activity, EventStatus, Run } from "../../src/inbox/inbox.ts"
import { toInboxEvent } from "../../src/inbox/runs.ts"
import type { EventRow, InboxStore } from "../../src/inbox/store.ts"

type StoredEvent = Omit<EventRow, "hasBody"> & { readonly body: Uint8Array | undefined }

/** What is on disk. A row is replaced, never changed, so that a copy of the maps is a copy of everything. */
interface Tables {
  readonly facts: Map<string, number>
  readonly events: Map<number, StoredEvent>
  /** By place and handler; JSON, so that what is read is never what was written. */
  readonly runs: Map<string, { readonly place: number; readonly json: string }>
  readonly paused: Set<string>
  readonly minutes: Map<number, Activity>
  alarmAt: number | undefined
}

const copyOf = ({ facts, events, runs, paused, minutes, alarmAt }: Tables): Tables => ({
  facts: new Map(facts),
  events: new Map(events),
  runs: new Map(runs),
  paused: new Set(paused),
  minutes: new Map(minutes),
  alarmAt,
})

/** The disk of a shard, without a platform: what was not synced is lost in a crash. */
export interface MemoryDisk extends CommitStorage {
  readonly store: InboxStore
  ensureWake(at: number): void
  alarmAt(): number | undefined
  /** Takes the alarm away, as the platform does before it rings; false if none stands. */
  takeAlarm(): boolean
  /** Everything since the last sync is gone. */
  crash(): void
  /** From now on, until it is undefined again: what every transaction or sync fails with. */
  fail: { transaction?: Error | undefined; sync?: Error | undefined }
}

/** What a row of the platform holds; the fake enforces it by itself. */
const MAX_ROW = 2_000_000

export function createMemoryDisk(): MemoryDisk {
  let tables: Tables = copyOf({
    facts: new Map(),
    events: new Map(),
    runs: new Map(),
    paused: new Set(),
    minutes: new Map(),
    alarmAt: undefined,
  })
  let durable = copyOf(tables)
  const disk: MemoryDisk = {
    store: createMemoryStore(() => tables),
    fail: {},
    transactionSync(work) {
      const before = copyOf(tables)
      try {
        const value = work()
        if (disk.fail.transaction) throw disk.fail.transaction
        return value
      } catch (error) {
        tables = before
        throw error
      }
    },
    async sync() {
      const written = copyOf(tables)
      await Promise.resolve()
      if (disk.fail.sync) throw disk.fail.sync
      durable = written
    },
    ensureWake(at) {
      tables.alarmAt = Math.min(at, tables.alarmAt ?? at)
    },
    alarmAt: () => tables.alarmAt,
    takeAlarm() {
      const stood = tables.alarmAt !== undefined
      tables.alarmAt = undefined
      return stood
    },
    crash() {
      tables = copyOf(durable)
    },
  }
  return disk
}

const keyOf = (...parts: readonly (string | number)[]): string => JSON.stringify(parts)

const byPlace = <Row extends { readonly place: number }>(rows: Iterable<Row>): Row[] =>
  [...rows].toSorted((a, b) => a.place - b.place)

const toRow = ({ body, ...event }: StoredEvent): EventRow => ({ ...event, hasBody: body !== undefined })

function createMemoryStore(tables: () => Tables): InboxStore {
  const find = (source: string, dedupeKey: string): StoredEvent | undefined =>
    [...tables().events.values()].find((event) => event.source === source && event.dedupeKey === dedupeKey)
  const runsOf = (isWanted: (place: number) => boolean): { place: number; run: Run }[] =>
    byPlace(tables().runs.values())
      .filter(({ place }) => isWanted(place))
      .map(({ place, json }) => ({ place, run: JSON.parse(json) as Run }))
  const getRuns = (place: number): Run[] => runsOf((one) => one === place).map(({ run }) => run)
  const statusOf = (event: StoredEvent): EventStatus => toInboxEvent(toRow(event), getRuns(event.place)).status
  const replace = (place: number, changes: Partial<StoredEvent>): void => {
    const event = tables().events.get(place)
    if (event) tables().events.set(place, { ...event, ...changes })
  }

  return {
    getFact: (name) => tables().facts.get(name),
    setFact: (name, value) => void tables().facts.set(name, value),

    lastPlace: () => Math.max(0, ...tables().events.keys()),
    insertEvent(event, body) {
      const { place, source, dedupeKey } = event
      if (find(source, dedupeKey)) return false
      if (tables().events.has(place)) throw new Error("UNIQUE constraint failed: events.place")
      if (body.length > MAX_ROW) throw new Error("string or blob too big: SQLITE_TOOBIG")
      tables().events.set(place, { ...event, body: body.slice() })
      return true
    },
    findEvent(source, dedupeKey) {
      const event = find(source, dedupeKey)
      return event && toRow(event)
    },
    getEvent(place) {
      const event = tables().events.get(place)
      return event && toRow(event)
    },
    getBody: (place) => tables().events.get(place)?.body?.slice(),
    eventsAfter: (place, limit, before = Number.MAX_SAFE_INTEGER) =>
      byPlace(tables().events.values())
        .filter((event) => event.place > place && event.place < before)
        .slice(0, limit)
        .map(toRow),
    deadEventsAfter: (place, limit, before) =>
      byPlace(tables().events.values())
        .filter((event) => event.place > place && event.place < before)
        .filter((event) => getRuns(event.place).some(({ status }) => status === "dead"))
        .slice(0, limit)
        .map(toRow),
    setHandlers: (place, handlers) => replace(place, { handlers }),
    dropBody: (place) => replace(place, { body: undefined }),
    deleteEvent(place) {
      tables().events.delete(place)
      for (const [key, run] of tables().runs) if (run.place === place) tables().runs.delete(key)
    },

    getRuns,
    getRun: (place, handler) => getRuns(place).find((run) => run.handler === handler),
    putRun: (place, run) => void tables().runs.set(keyOf(place, run.handler), { place, json: JSON.stringify(run) }),
    deleteRun: (place, handler) => void tables().runs.delete(keyOf(place, handler)),
    waitingHandlers() {
      const earliest = new Map<string, number>()
      for (const { run } of runsOf(() => true)) {
        if (run.nextAt !== null) earliest.set(run.handler, Math.min(run.nextAt, earliest.get(run.handler) ?? Infinity))
      }
      return [...earliest].map(([handler, nextAt]) => ({ handler, nextAt }))
    },
    dueRuns: (handler, now, limit) =>
      runsOf(() => true)
        .filter(({ run }) => run.handler === handler && run.nextAt !== null && run.nextAt <= now)
        .toSorted((a, b) => a.run.nextAt! - b.run.nextAt!)
        .slice(0, limit),

    eventsBefore: (before, { status, from, limit }) =>
      byPlace(tables().events.values())
        .toReversed()
        .filter(({ place }) => place < before && place >= from)
        .filter((event) =>
          status === "dead"
            ? getRuns(event.place).some((run) => run.status === "dead")
            : status === undefined || statusOf(event) === status,
        )
        .slice(0, limit)
        .map(toRow),
    countEvents() {
      const counts: Record<EventStatus, number> = { ignored: 0, waiting: 0, done: 0, dead: 0 }
      for (const event of tables().events.values()) counts[statusOf(event)] += 1
      return counts
    },
    oldestWaiting: () => byPlace(tables().events.values()).find((event) => statusOf(event) === "waiting")?.place,

    pausedHandlers: () => [...tables().paused],
    setPaused(handler, paused) {
      if (paused) tables().paused.add(handler)
      else tables().paused.delete(handler)
    },

    putMinute(minute, activity, oldest) {
      const { minutes } = tables()
      minutes.set(minute, activity)
      for (const one of minutes.keys()) if (one < oldest) minutes.delete(one)
    },
    minutesSince: (minute) => [...tables().minutes].filter(([one]) => one >= minute).map(([, activity]) => activity),
  }
}
