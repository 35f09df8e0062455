import type { Samples } from "./measure.ts"
import type { Groups } from "./micro.ts"
import type { Sizes } from "./starts.ts"

/** Everything that one run has measured. Times are CPU time in microseconds, one value a round. */
export interface Results {
  readonly machine: Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, string>>
  readonly form: "full" | "quick"
  readonly tookSeconds: number
  /** The functions in a loop, by the size of the body. */
  readonly node: Groups
  readonly workerd: Groups
  /** Reading a body: in Node from a `Request` that code made, in workerd from the network. */
  readonly readsInNode: Groups
  readonly readsInWorkerd: Groups
  /** The number of HMACs for ten secrets and sixteen signatures. */
  readonly hmacs: number
  /** Whole requests in workerd, user CPU time. */
  readonly servers: Groups
  /** A delivery with the inbox, and with parts of it. */
  readonly inbox: Samples
  /** From a request to the first answer of a new isolate. */
  readonly starts: Samples
  readonly libraries: Sizes
  readonly workers: Sizes
}
