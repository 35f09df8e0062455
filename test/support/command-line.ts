import type { Io } from "../../src/cli/io.ts"
import { run } from "../../src/cli/program.ts"
import { NOW } from "./delivery.ts"

/** What a command printed, and its exit code. */
export interface CommandResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command line in this process, without a network unless `fetch` is given. The clock is at `NOW`. */
export async function runCommandLine(args: readonly string[], world: Partial<Io> = {}): Promise<CommandResult> {
  const out: string[] = []
  const err: string[] = []
  const code = await run(args, {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    progress: () => {},
    colors: false,
    interrupt: () => new AbortController().signal,
    readStdin: async () => new Uint8Array(),
    env: {},
    cwd: "/nowhere",
    fetch: () => Promise.reject(new Error("no network here")),
    clock: () => NOW * 1000,
    ...world,
  })
  return { code, out: out.join("\n"), err: err.join("\n") }
}
