/** Bounds of the new items that wait for their commit: an eighth of a shard's memory, and no wait that a sender gives up on. */
export const MAX_WAITING_BYTES = 16_777_216
export const MAX_WAITING_ITEMS = 256

/** The two calls of a Durable Object's storage that a commit makes. */
export interface CommitStorage {
  /** Runs work as one transaction: if it throws, nothing of it is written. */
  transactionSync<Value>(work: () => Value): Value
  /** Resolves once all that was written is durable. */
  sync(): Promise<void>
}

interface Task {
  /** Undefined for work that is no new item. */
  readonly bytes: number | undefined
  readonly work: () => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** Resolves the promise of one task, once its group is durable. */
type Settle = () => void

/**
 * Writes in groups: the tasks that arrive while one group is being made durable are the next group. No task waits for a
 * timer, and no promise resolves before its write is durable.
 */
export class GroupCommit {
  readonly #storage: CommitStorage
  #waiting: Task[] = []
  #count = 0
  #bytes = 0
  #isWriting = false
  /** How many new items the last group had. */
  #lastGroupSize = 0

  constructor(storage: CommitStorage) {
    this.#storage = storage
  }

  /** The bytes of the new items that wait. */
  get waitingBytes(): number {
    return this.#bytes
  }

  /** Returns whether a new item of this size may wait. Other work always may: it is internal and small. */
  hasRoom(bytes: number): boolean {
    return this.#count < MAX_WAITING_ITEMS && this.#bytes + bytes <= MAX_WAITING_BYTES
  }

  /**
   * Runs work within a transaction and resolves to its result once that is durable. Rejects with what the work threw, or
   * with why the group could not be written; then nothing of it was written.
   *
   * @param bytes The size of the new item that the work holds meanwhile; undefined for any other work.
   */
  run<Value>(work: () => Value, bytes?: number): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ bytes, work, resolve, reject })
      this.#count += bytes === undefined ? 0 : 1
      this.#bytes += bytes ?? 0
      if (this.#isWriting) return
      this.#isWriting = true
      // Never within the caller's own turn: what the caller does after this call comes before its work.
      queueMicrotask(() => void this.#write())
    })
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#lastGroupSize > 1) await this.#yieldTurn()
      const group = this.#waiting
      this.#lastGroupSize = group.filter(({ bytes }) => bytes !== undefined).length
      this.#waiting = []
      try {
        const settles = this.#runGroup(group)
        await this.#storage.sync()
        for (const settle of settles) settle()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
      for (const { bytes } of group) {
        this.#count -= bytes === undefined ? 0 : 1
        this.#bytes -= bytes ?? 0
      }
    }
    this.#isWriting = false
  }

  /**
   * Waits one turn of the event loop: a sync without writes takes that long. Tasks that arrive meanwhile join the group. The
   * answers to the last group leave before the next group can hold them back. A timer would take a millisecond. A task that
   * comes alone does not wait.
   */
  async #yieldTurn(): Promise<void> {
    await this.#storage.sync().catch(() => {})
  }

  /** Runs a group in one transaction; if that fails, each task in its own, so that a failing task harms no other. */
  #runGroup(group: readonly Task[]): readonly Settle[] {
    try {
      return this.#storage.transactionSync(() => group.map(runTask))
    } catch {
      return group.map((task) => {
        try {
          return this.#storage.transactionSync(() => runTask(task))
        } catch (error) {
          return () => task.reject(error)
        }
      })
    }
  }
}

const runTask = ({ work, resolve }: Task): Settle => {
  const value = work()
  return () => resolve(value as never)
}
