/** Deliveries of one shard that wait for their commit: an eighth of its memory, and no queue that outlives the sender's patience. */
export const MAX_WAITING_BYTES = 16_777_216
export const MAX_WAITING_DELIVERIES = 256

/** The two calls of a Durable Object's storage that a commit takes. */
export interface CommitStorage {
  /** Runs work that is all written or, if it throws, not at all. */
  transactionSync<Value>(work: () => Value): Value
  /** Resolves once all that was written is durable. */
  sync(): Promise<void>
}

interface Task {
  readonly bytes: number
  readonly work: () => unknown
  readonly resolve: (value: never) => void
  readonly reject: (error: unknown) => void
}

/** One task's result, to be told once it is durable. */
type Settle = () => void

/**
 * Writes in groups: what comes while one group is being made durable is the next. Nobody waits for a timer, and no
 * promise resolves before what it stands for is on disk.
 */
export class GroupCommit {
  readonly #storage: CommitStorage
  #waiting: Task[] = []
  #count = 0
  #bytes = 0
  #isWriting = false
  /** How many deliveries the last group had. */
  #lastGroupSize = 0

  constructor(storage: CommitStorage) {
    this.#storage = storage
  }

  /** Whether a delivery of so many bytes may wait. What is not a delivery always may: it is our own, and small. */
  hasRoom(bytes: number): boolean {
    return this.#count < MAX_WAITING_DELIVERIES && this.#bytes + bytes <= MAX_WAITING_BYTES
  }

  /**
   * Runs work within a transaction and resolves to what it returned, once that is durable. Rejects with what it threw,
   * or why it could not be written; then nothing of it was.
   *
   * @param bytes How much of a delivery it holds meanwhile; 0 for work that is no delivery.
   */
  run<Value>(work: () => Value, bytes = 0): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ bytes, work, resolve, reject })
      this.#count += bytes > 0 ? 1 : 0
      this.#bytes += bytes
      if (this.#isWriting) return
      this.#isWriting = true
      // Never within the caller's own turn: what it does after this call has happened before its work runs.
      queueMicrotask(() => void this.#write())
    })
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (this.#lastGroupSize > 1) await this.#yieldTurn()
      const group = this.#waiting
      this.#lastGroupSize = group.filter(({ bytes }) => bytes > 0).length
      this.#waiting = []
      try {
        const settles = this.#runGroup(group)
        await this.#storage.sync()
        for (const settle of settles) settle()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
      for (const { bytes } of group) {
        this.#count -= bytes > 0 ? 1 : 0
        this.#bytes -= bytes
      }
    }
    this.#isWriting = false
  }

  /**
   * One turn of the event loop, which is what waiting for nothing takes: what has arrived by now joins the group, and
   * the answers to the last one leave before the next holds them back. A timer would take a millisecond, and one that
   * comes alone need not wait for others.
   */
  async #yieldTurn(): Promise<void> {
    await this.#storage.sync().catch(() => {})
  }

  /** In one transaction; where that fails, each in its own, so that one that cannot be written takes no other with it. */
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
