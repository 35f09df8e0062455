/** An error that the simulation injected, or that follows from one. */
export class InjectedFault extends Error {
  override readonly name: string = "InjectedFault"
}

/** What fails from now on. */
export interface Faults {
  /** How many more statements that write succeed before one fails; undefined if all do. */
  writesLeft: number | undefined
  /** How many of the next transactions fail at their end. */
  failingTransactions: number
  /** How many of the next syncs fail. Each breaks the object. */
  failingSyncs: number
  /** Statements that always fail, by their text and values: a damaged row or table. */
  refuses: ((query: string, values: readonly unknown[]) => boolean) | undefined
  /** Pages that the object may hold. A statement that needs more is SQLITE_FULL and breaks the object. */
  maxPages: number
}

/** Returns faults of which none strikes. */
export const createFaults = (): Faults => ({
  writesLeft: undefined,
  failingTransactions: 0,
  failingSyncs: 0,
  refuses: undefined,
  maxPages: Number.POSITIVE_INFINITY,
})
