import type { CommitStorage } from "../../src/attempts/group-commit.ts"
import type { Run } from "../../src/attempts/run.ts"
import type { Activity, EventStatus, RunCount, TypeCount } from "../../src/inbox/stats.ts"
import { toInboxEvent } from "../../src/inbox/operate.ts"
import { timeOf } from "../../src/inbox/sequence.ts"
import type { EventRow, InboxStore } from "../../src/inbox/store.ts"

type StoredEvent = Omit<EventRow, "hasBody"> & { readonly body: Uint8Array | undefined }

/** The disk. A row is replaced, never changed, so that a copy of the maps is a full copy. */
interface Tables {
  readonly facts: Map<string, number>
  readonly events: Map<number, StoredEvent>
  /** By sequence and lane. Rows are JSON, so that reads return copies. */
  readonly runs: Map<string, { readonly sequence: number; readonly json: string }>
  readonly paused: Set<string>
  readonly minutes: Map<number, Activity>
  readonly opened: Set<number>
  alarmAt: number | undefined
}

const copyOf = ({ facts, events, runs, paused, minutes, opened, alarmAt }: Tables): Tables => ({
  facts: new Map(facts),
  events: new Map(events),
  runs: new Map(runs),
  paused: new Set(paused),
  minutes: new Map(minutes),
  opened: new Set(opened),
  alarmAt,
})

/** The disk of a shard, without a platform: what was not synced is lost in a crash. */
export interface MemoryDisk extends CommitStorage {
  readonly store: InboxStore
  /** About how large the tables are. */
  bytes(): number
  ensureWake(at: number): void
  alarmAt(): number | undefined
  /** Removes the alarm, as the platform does before it rings; false if none is set. */
  takeAlarm(): boolean
  /** Drops everything since the last sync. */
  crash(): void
  /** The error with which every transaction or sync fails, until it is undefined again. */
  fail: { transaction?: Error | undefined; sync?: Error | undefined }
}

/** The largest row of the platform. The fake enforces it, too. */
const MAX_ROW = 2_000_000

export function createMemoryDisk(): MemoryDisk {
  let tables: Tables = copyOf({
    facts: new Map(),
    events: new Map(),
    runs: new Map(),
    paused: new Set(),
    minutes: new Map(),
    opened: new Set(),
    alarmAt: undefined,
  })
  let durable = copyOf(tables)
  const disk: MemoryDisk = {
    store: createMemoryStore(() => tables),
    bytes: () => {
      const events = [...tables.events.values()].reduce((sum, { body }) => sum + 200 + (body?.length ?? 0), 0)
      return [...tables.runs.values()].reduce((sum, { json }) => sum + json.length, events)
    },
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

const bySequence = <Row extends { readonly sequence: number }>(rows: Iterable<Row>): Row[] =>
  [...rows].toSorted((a, b) => a.sequence - b.sequence)

const toRow = ({ body, ...event }: StoredEvent): EventRow => ({ ...event, hasBody: body !== undefined })

function createMemoryStore(tables: () => Tables): InboxStore {
  const find = (source: string, dedupeKey: string): StoredEvent | undefined =>
    [...tables().events.values()].find((event) => event.source === source && event.dedupeKey === dedupeKey)
  const runsOf = (isWanted: (sequence: number) => boolean): { sequence: number; run: Run }[] =>
    bySequence(tables().runs.values())
      .filter(({ sequence }) => isWanted(sequence))
      .map(({ sequence, json }) => ({ sequence, run: JSON.parse(json) as Run }))
  const getRuns = (sequence: number): Run[] => runsOf((one) => one === sequence).map(({ run }) => run)
  const statusOf = (event: StoredEvent): EventStatus => toInboxEvent(toRow(event), getRuns(event.sequence)).status
  const replace = (sequence: number, changes: Partial<StoredEvent>): void => {
    const event = tables().events.get(sequence)
    if (event) tables().events.set(sequence, { ...event, ...changes })
  }

  return {
    getFact: (name) => tables().facts.get(name),
    setFact: (name, value) => void tables().facts.set(name, value),

    openedShards: () => [...tables().opened].toSorted((a, b) => a - b),
    addOpenedShard: (shard) => void tables().opened.add(shard),

    lastSequence: () => Math.max(0, ...tables().events.keys()),
    insertEvent(event, body) {
      const { sequence, source, dedupeKey } = event
      if (find(source, dedupeKey)) return false
      if (tables().events.has(sequence)) throw new Error("UNIQUE constraint failed: events.sequence")
      if (body.length > MAX_ROW) throw new Error("string or blob too big: SQLITE_TOOBIG")
      tables().events.set(sequence, { ...event, body: body.slice() })
      return true
    },
    findEvent(source, dedupeKey) {
      const event = find(source, dedupeKey)
      return event && toRow(event)
    },
    getEvent(sequence) {
      const event = tables().events.get(sequence)
      return event && toRow(event)
    },
    bodyDiffers(sequence, body) {
      const kept = tables().events.get(sequence)?.body
      return kept !== undefined && (kept.length !== body.length || kept.some((byte, i) => byte !== body[i]))
    },
    getBody: (sequence) => tables().events.get(sequence)?.body?.slice(),
    eventsAfter: (sequence, limit, before = Number.MAX_SAFE_INTEGER) =>
      bySequence(tables().events.values())
        .filter((event) => event.sequence > sequence && event.sequence < before)
        .slice(0, limit)
        .map(toRow),
    deadEventsAfter: (sequence, limit, before) =>
      bySequence(tables().events.values())
        .filter((event) => event.sequence > sequence && event.sequence < before)
        .filter((event) => getRuns(event.sequence).some(({ status }) => status === "dead" || status === "discarded"))
        .slice(0, limit)
        .map(toRow),
    setLanes: (sequence, lanes) => replace(sequence, { lanes }),
    dropBody: (sequence) => replace(sequence, { body: undefined }),
    deleteEvent(sequence) {
      tables().events.delete(sequence)
      for (const [key, run] of tables().runs) if (run.sequence === sequence) tables().runs.delete(key)
    },

    getRuns,
    getRunsWithoutHistory: (sequence) => getRuns(sequence).map((run) => Object.assign(run, { history: [] })),
    getRun: (sequence, lane) => getRuns(sequence).find((run) => run.lane === lane),
    putRun: (sequence, run) =>
      void tables().runs.set(keyOf(sequence, run.lane), { sequence, json: JSON.stringify(run) }),
    deleteRun: (sequence, lane) => void tables().runs.delete(keyOf(sequence, lane)),
    waitingLanes() {
      const earliest = new Map<string, number>()
      for (const { run } of runsOf(() => true)) {
        if (run.nextAt !== null) earliest.set(run.lane, Math.min(run.nextAt, earliest.get(run.lane) ?? Infinity))
      }
      return [...earliest].map(([lane, nextAt]) => ({ lane, nextAt }))
    },
    dueRuns: (lane, now, limit) =>
      runsOf(() => true)
        .filter(({ run }) => run.lane === lane && run.nextAt !== null && run.nextAt <= now)
        .toSorted((a, b) => a.run.nextAt! - b.run.nextAt!)
        .slice(0, limit)
        .map(({ sequence }) => sequence),
    runningRuns: (lane, after, until) =>
      runsOf(() => true).filter(
        ({ run }) => run.lane === lane && run.status === "running" && run.nextAt! > after && run.nextAt! <= until,
      ),
    capDueTimes(lane, { lease, latest }) {
      for (const { sequence, run } of runsOf(() => true)) {
        if (run.lane !== lane || run.nextAt === null || run.nextAt <= latest) continue
        const json = JSON.stringify({ ...run, nextAt: run.status === "running" ? lease : latest })
        tables().runs.set(keyOf(sequence, lane), { sequence, json })
      }
    },
    newItems: (limit) =>
      bySequence(tables().events.values())
        .filter(({ sequence }) => sequence > (tables().facts.get("begun") ?? 0))
        .slice(0, limit)
        .map(({ sequence, lanes }) => ({ sequence, lanes, since: timeOf(sequence) })),
    setBegun: (sequence) => void tables().facts.set("begun", sequence),

    eventsBefore: (before, { status, from, limit }) =>
      bySequence(tables().events.values())
        .toReversed()
        .filter(({ sequence }) => sequence < before && sequence >= from)
        .filter((event) =>
          status === "dead" || status === "discarded"
            ? getRuns(event.sequence).some((run) => run.status === status)
            : status === undefined || statusOf(event) === status,
        )
        .slice(0, limit)
        .map(toRow),
    countEvents() {
      const counts: Record<EventStatus, number> = { unhandled: 0, waiting: 0, done: 0, dead: 0, discarded: 0 }
      for (const event of tables().events.values()) counts[statusOf(event)] += 1
      return counts
    },
    countRuns() {
      const counts: RunCount[] = []
      for (const event of tables().events.values()) {
        for (const { lane, status } of toInboxEvent(toRow(event), getRuns(event.sequence)).runs) {
          const counted = status === "running" ? "waiting" : status
          if (counted !== "waiting" && counted !== "dead") continue
          const before = counts.findIndex((one) => one.handler === lane && one.status === counted)
          const count = (counts[before]?.count ?? 0) + 1
          counts.splice(before < 0 ? counts.length : before, 1, { handler: lane, status: counted, count })
        }
      }
      return counts
    },
    countTypes() {
      const counts: TypeCount[] = []
      const add = (type: string, status: TypeCount["status"]): void => {
        const before = counts.findIndex((one) => one.type === type && one.status === status)
        counts.splice(before < 0 ? counts.length : before, 1, { type, status, count: (counts[before]?.count ?? 0) + 1 })
      }
      for (const event of tables().events.values()) {
        const { type, runs, status } = toInboxEvent(toRow(event), getRuns(event.sequence))
        if (status === "unhandled" || status === "waiting") add(type, status)
        if (runs.some((run) => run.status === "dead")) add(type, "dead")
      }
      return counts
    },
    oldestWaiting: () => bySequence(tables().events.values()).find((event) => statusOf(event) === "waiting")?.sequence,

    pausedLanes: () => [...tables().paused],
    setPaused(lane, paused) {
      if (paused) tables().paused.add(lane)
      else tables().paused.delete(lane)
    },

    putMinute(minute, activity, oldest) {
      const { minutes } = tables()
      minutes.set(minute, activity)
      for (const one of minutes.keys()) if (one < oldest) minutes.delete(one)
    },
    minutesSince: (minute) => [...tables().minutes].filter(([one]) => one >= minute).map(([, activity]) => activity),
  }
}
