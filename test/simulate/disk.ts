import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import { createFaults, InjectedFault, type Faults } from "./faults.ts"

/** An alarm, and which setting of it this is. */
export interface Alarm {
  readonly at: number
  readonly version: number
}

/** A state that a crash can leave: all that was written up to then. */
export interface Mark {
  readonly name: string
  readonly alarm: Alarm | undefined
}

interface Prepared {
  readonly statement: StatementSync
  readonly writes: boolean
  /** The columns that hold bytes. */
  readonly blobs: readonly string[]
}

const WRITES = /^\s*(?:insert|update|delete|replace|create|alter|drop|pragma \w+ *=)/i
const PAGE_BYTES = 4_096

/**
 * The storage of one Durable Object: SQLite itself (node:sqlite), so that the real statements are under test.
 *
 * Writes are seen at once and durable later. Each commit since the last durable one is a savepoint, and a crash rolls
 * back to one of them: the platform may have written more than it has confirmed, in order, and never less. The alarm is
 * a row, so it is part of the transaction and of durability. SQLITE_FULL is rolled back and breaks the object.
 */
export class Disk {
  readonly faults: Faults = createFaults()
  /** How many injected faults have struck. */
  struck = 0
  /** Why the object cannot go on; undefined while it can. */
  broken: Error | undefined
  /** The alarm as the platform knows it: durable. */
  durableAlarm: Alarm | undefined
  readonly #db = new DatabaseSync(":memory:")
  readonly #statements = new Map<string, Prepared>()
  #marks: Mark[] = []
  /** Savepoints that are open. */
  #depth = 0
  #isDirty = false
  /** Whether the oldest mark is confirmed, so that no crash goes below it. */
  #hasConfirmedMark = false

  constructor() {
    this.#db.exec(
      "CREATE TABLE sim_alarm (only INTEGER PRIMARY KEY, at INTEGER, version INTEGER); INSERT INTO sim_alarm VALUES (1, NULL, 0)",
    )
    this.#db.exec("BEGIN")
  }

  /** Whether something is written that is not known to be durable. */
  get isDirty(): boolean {
    return this.#isDirty || this.#marks.length > 0
  }

  /** Runs a query as the object's code does; injected faults strike here. */
  exec(query: string, values: readonly unknown[] = []): Record<string, unknown>[] {
    if (this.broken) throw this.broken
    const { faults } = this
    // Several statements at once are a migration.
    const parts = values.length === 0 ? query.split(/;\s*(?=\S)/) : [query]
    if (parts.length > 1) return parts.flatMap((part) => this.exec(part))
    const { writes } = this.#prepare(query)
    if (!writes) return this.peek(query, ...values)
    if (faults.refuses?.(query, values)) this.#strike("a damaged row")
    if (faults.writesLeft !== undefined) {
      faults.writesLeft -= 1
      if (faults.writesLeft < 0) {
        faults.writesLeft = undefined
        this.#strike("a statement failed")
      }
    }
    return this.#write(query, values)
  }

  #write(query: string, values: readonly unknown[]): Record<string, unknown>[] {
    const { faults } = this
    this.#isDirty = true
    const rows = this.peek<Record<string, unknown>>(query, ...values)
    if (faults.maxPages !== Number.POSITIVE_INFINITY && this.#pages() > faults.maxPages) {
      this.broken = new InjectedFault("database or disk is full: SQLITE_FULL")
      this.struck += 1
      throw this.broken
    }
    return rows
  }

  /** Runs a query of the simulation itself, that no fault meets. */
  peek<Row>(query: string, ...values: readonly unknown[]): Row[] {
    const { statement, blobs } = this.#prepare(query)
    const rows = statement.all(...values.map(toBound))
    for (const column of blobs) {
      for (const row of rows) {
        const bytes = row[column]
        if (bytes instanceof Uint8Array) Object.assign(row, { [column]: bytes.slice().buffer })
      }
    }
    return rows as Row[]
  }

  transaction<Value>(work: () => Value): Value {
    if (this.broken) throw this.broken
    this.#run("SAVEPOINT work")
    try {
      const value = work()
      if (this.broken) throw this.broken
      if (this.faults.failingTransactions > 0) {
        this.faults.failingTransactions -= 1
        this.#strike("a transaction failed")
      }
      this.#run("RELEASE work")
      return value
    } catch (error) {
      this.#run("ROLLBACK TO work")
      this.#run("RELEASE work")
      throw error
    }
  }

  get alarm(): Alarm | undefined {
    return this.peek<Alarm>("SELECT at, version FROM sim_alarm WHERE at IS NOT NULL")[0]
  }

  setAlarm(at: number | undefined): void {
    if (this.broken) throw this.broken
    this.#write("UPDATE sim_alarm SET at = ?, version = version + 1", [at ?? null])
  }

  get bytes(): number {
    return this.#pages() * PAGE_BYTES
  }

  /** Marks the state as it is. What `confirm` gets is this. */
  mark(): Mark | undefined {
    if (this.#isDirty) {
      const mark = { name: `m${this.#depth++}`, alarm: this.alarm }
      this.#run(`SAVEPOINT ${mark.name}`)
      this.#marks.push(mark)
      this.#isDirty = false
    }
    return this.#marks.at(-1)
  }

  /** All up to that mark is durable from here on. */
  confirm(mark: Mark | undefined): void {
    if (!mark || !this.#marks.includes(mark)) return
    this.durableAlarm = mark.alarm
    if (mark === this.#marks.at(-1) && !this.#isDirty) {
      this.#settle()
      return
    }
    // A savepoint below another cannot be released alone: it becomes the oldest that a crash can leave.
    this.#marks.splice(0, this.#marks.indexOf(mark))
    this.#hasConfirmedMark = true
  }

  /**
   * Loses what is not durable, or less than that.
   *
   * @param pick 0 to 1: which of the states that the platform may have kept.
   */
  crash(pick: number): void {
    // A broken object loses all that was not confirmed: its last flush is what failed.
    if (!this.broken) this.mark()
    const isBaseDurable = !this.#hasConfirmedMark
    const states = this.broken ? 1 : this.#marks.length + (isBaseDurable ? 1 : 0)
    const index = Math.floor(pick * states) - (isBaseDurable ? 1 : 0)
    if (index < 0) {
      this.#run("ROLLBACK")
      this.#run("BEGIN")
    } else {
      this.#run(`ROLLBACK TO ${this.#marks[index]!.name}`)
      this.#settle()
    }
    this.#marks = []
    this.#depth = 0
    this.#hasConfirmedMark = false
    this.#isDirty = false
    this.broken = undefined
    this.durableAlarm = this.alarm
  }

  /** Breaks the object if this sync is one that fails. */
  failSync(): void {
    if (this.faults.failingSyncs === 0) return
    this.faults.failingSyncs -= 1
    this.struck += 1
    this.broken ??= new InjectedFault("a sync failed")
  }

  close(): void {
    this.#db.close()
  }

  #settle(): void {
    this.#run("COMMIT")
    this.#run("BEGIN")
    this.#marks = []
    this.#depth = 0
    this.#hasConfirmedMark = false
  }

  #run(query: string): void {
    this.#prepare(query).statement.run()
  }

  #strike(what: string): never {
    this.struck += 1
    throw new InjectedFault(what)
  }

  #pages(): number {
    const [row] = this.peek<{ pages: number }>(
      "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count) AS pages",
    )
    return row!.pages
  }

  #prepare(query: string): Prepared {
    let prepared = this.#statements.get(query)
    if (!prepared) {
      const statement = this.#db.prepare(query)
      const blobs = statement.columns().flatMap(({ name, type }) => (type === "BLOB" ? [name] : []))
      prepared = { statement, writes: WRITES.test(query), blobs }
      this.#statements.set(query, prepared)
    }
    return prepared
  }
}

/** The platform takes and gives bytes as an ArrayBuffer. */
const toBound = (value: unknown): SQLInputValue =>
  value instanceof ArrayBuffer ? new Uint8Array(value) : (value as SQLInputValue)
