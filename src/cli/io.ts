/** What a command touches of the world, so that a test can run it in its own process. */
export interface Io {
  /** Writes a line to standard output. */
  readonly out: (line: string) => void
  /** Writes a line to standard error. */
  readonly err: (line: string) => void
  /** Shows how far long work has come, in place of what it showed before. Nothing where no terminal is. */
  readonly progress: (text: string) => void
  /** All of standard input. */
  readonly readStdin: () => Promise<Uint8Array>
  /** Whether standard output is a terminal that wants colours. */
  readonly colors: boolean
  /** Returns a signal that Ctrl-C aborts. Until it is called, Ctrl-C ends the process. */
  readonly interrupt: () => AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths start from. */
  readonly cwd: string
  readonly fetch: typeof fetch
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** The command is wrong: exit code 2. The message says what was wrong, what was expected, and what to do. */
export class UsageError extends Error {}

/** The server did not answer, or not as a Countersign server does: exit code 3. */
export class NoAnswer extends Error {}

/** Exit codes of every command. */
export const EXIT = { ok: 0, invalid: 1, usage: 2, unreachable: 3 } as const

/** What a command is given. */
export interface Context {
  readonly io: Io
  /** Sets the exit code; the command still runs to its end. */
  readonly exit: (code: number) => void
}
