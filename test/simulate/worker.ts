import { parentPort, workerData } from "node:worker_threads"
import { hookModules, type Patch } from "./hooks.ts"

/** What a thread is made with. */
export interface WorkerData {
  readonly patches: readonly Patch[]
}

const { patches } = workerData as WorkerData
const unapplied = hookModules(patches)
// After the hooks, and by an import that runs: what is loaded before them is not patched.
const { Inbox } = await import("../../src/inbox/inbox-object.ts")
const { simulate } = await import("./simulation.ts")
if (unapplied.size > 0) throw new Error(`never loaded: ${[...unapplied].map(({ file }) => file).join(", ")}`)

// The shard's log says what went wrong, thousands of times.
console.log = () => {}

parentPort!.on("message", (seed: number) => {
  void answer(seed)
})

async function answer(seed: number): Promise<void> {
  const verdict = await simulate(seed, Inbox)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort!.postMessage(verdict)
}
