import { setTimeout as wait } from "node:timers/promises"
import type { EventView } from "../src/inbox/view.ts"
import { NoAnswer } from "./command.ts"

/** Shown before the first change. */
const FIRST_EVENTS = 10

const keyOf = ({ source, id }: EventView): string => `${source} ${id}`

const stateOf = ({ status, runs }: EventView): string =>
  JSON.stringify([status, runs.map((run) => [run.handler, run.status, run.attempts])])

/** What one look at the newest events tells over the one before. */
export interface Changes {
  /** New ones and those whose status or runs have changed, oldest first. */
  readonly events: readonly EventView[]
  /** More events came than one look shows. */
  readonly gap: boolean
  /** What the next look is compared with: event → its state. No larger than a page. */
  readonly seen: ReadonlyMap<string, string>
}

/**
 * @param page The newest events, newest first.
 * @param before `seen` of the look before; undefined at the first.
 */
export function compare(page: readonly EventView[], before: ReadonlyMap<string, string> | undefined): Changes {
  const seen = new Map(page.map((event) => [keyOf(event), stateOf(event)]))
  if (!before) return { events: page.slice(0, FIRST_EVENTS).toReversed(), gap: false, seen }
  const events = page.filter((event) => before.get(keyOf(event)) !== stateOf(event)).toReversed()
  const gap = before.size > 0 && page.length > 0 && !page.some((event) => before.has(keyOf(event)))
  return { events, gap, seen }
}

/** Looks again and again until the signal fires. A look that gets no answer is told once, and tried again. */
export async function tail(
  look: (signal: AbortSignal) => Promise<readonly EventView[]>,
  print: (changes: Changes) => void,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<void> {
  let seen: ReadonlyMap<string, string> | undefined
  let isLost = false
  while (!signal.aborted) {
    try {
      const changes = compare(await look(signal), seen)
      print(changes)
      ;({ seen } = changes)
      isLost = false
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof NoAnswer) || !seen) throw error
      if (!isLost) console.error(`${error.message} (trying on)`)
      isLost = true
    }
    await wait(everyMs, undefined, { signal }).catch(() => {})
  }
}
