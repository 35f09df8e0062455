import type { EventView } from "../../src/inbox/view.ts"
import type { PlannedEvent } from "./plan.ts"
import type { Testimony } from "./witness.ts"

/** An attempt was running at a kill if its end had not been written down by then: that takes no longer than this. */
const WRITTEN_WITHIN_MS = 2_000

/** What there is to judge by, all of it seen from outside. */
export interface Evidence {
  readonly acknowledged: readonly PlannedEvent[]
  readonly testimonies: ReadonlyMap<string, readonly Testimony[]>
  /** When the runtime was killed, in milliseconds on the clock of the testimonies. */
  readonly kills: readonly number[]
  /** Everything that the inbox lists, and what it lists as dead. */
  readonly listed: readonly EventView[]
  readonly listedDead: readonly EventView[]
}

/** What was promised and did not hold; an empty list is the proof. */
export function judge({ acknowledged, testimonies, kills, listed, listedDead }: Evidence): readonly string[] {
  const problems: string[] = []
  const byId = new Map(listed.map((event) => [event.id, event]))
  if (byId.size < listed.length) problems.push("an event is listed twice")
  const dead = new Set(listedDead.map(({ id }) => id))

  for (const { id, handlers, payload } of acknowledged) {
    const event = byId.get(id)
    if (!event) problems.push(`${id} was acknowledged and is not in the inbox`)
    else if (event.status === "waiting") problems.push(`${id} is stuck`)
    for (const handler of handlers) {
      const said = testimonies.get(`${id} ${handler}`) ?? []
      const wanted = payload.hopeless ? "started" : "completed"
      if (!said.some(({ what }) => what === wanted)) problems.push(`${id} ${handler}: never ${wanted}`)
    }
    if (payload.hopeless !== dead.has(id)) problems.push(`${id} is ${payload.hopeless ? "not " : ""}listed as dead`)
  }
  for (const [run, said] of testimonies) {
    if (!repeatsAreExcused(said, kills)) problems.push(`${run} completed twice, and no kill explains it`)
  }
  return problems
}

/** How many runs completed more than once, and how many of them without a kill that explains it. */
export function countRepeats({ testimonies, kills }: Pick<Evidence, "testimonies" | "kills">): {
  readonly all: number
  readonly unexplained: number
} {
  const repeats = [...testimonies.values()].filter((said) => said.filter(({ what }) => what === "completed").length > 1)
  return { all: repeats.length, unexplained: repeats.filter((said) => !repeatsAreExcused(said, kills)).length }
}

function repeatsAreExcused(said: readonly Testimony[], kills: readonly number[]): boolean {
  const completed = said.filter(({ what }) => what === "completed")
  return completed.slice(1).every((later, i) => {
    const earlier = completed[i]!
    return kills.some((kill) => {
      const wasRunning = startOf(earlier, said) <= kill && kill <= earlier.at + WRITTEN_WITHIN_MS
      return wasRunning && kill <= startOf(later, said)
    })
  })
}

const startOf = (one: Testimony, said: readonly Testimony[]): number =>
  said.find(({ what, attempt }) => what === "started" && attempt === one.attempt)?.at ?? one.at
