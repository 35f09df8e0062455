import { Checks } from "./checks.ts"
import { InjectedFault } from "./faults.ts"
import { Gone, type PlatformOptions } from "./platform.ts"
import { Storm } from "./storm.ts"
import { BODY_MS, CRON_MS, ID_MS } from "./limits.ts"
import { World } from "./world.ts"

const STORM_STEPS = 200
/** A bound on time: crashes and full slots have the object woken every second. */
const MAX_STORM_TURNS = 2_500
const MAX_STEP_TURNS = 500
/** All attempts of a run, and a day. */
const DRAIN_MS = 3 * 86_400_000
/** A handler works off its queue in that time, however slow it is. */
const OVERDUE_MS = 600_000
const MAX_DRAIN_TURNS = 40_000

/** What one seed came to. */
export interface Verdict {
  readonly seed: number
  readonly violations: readonly string[]
  readonly trace: readonly string[]
  readonly counts: Readonly<Record<string, number>>
}

/** Runs one seed: a storm, a calm in which all must drain, and the time after which nothing is kept. */
export async function simulate(seed: number, Inbox: PlatformOptions["Inbox"]): Promise<Verdict> {
  const world = new World(seed, Inbox)
  const checks = new Checks(world)
  const { ledger, platform } = world
  const onRejection = (error: unknown): void => {
    if (!(error instanceof Gone || error instanceof InjectedFault))
      ledger.violate(`a promise was rejected and nobody looked: ${String(error)}`)
  }
  process.on("unhandledRejection", onRejection)
  try {
    await act(world, checks)
  } finally {
    process.removeListener("unhandledRejection", onRejection)
    platform.disk.close()
  }
  const counts = {
    ...ledger.counts,
    events: ledger.events.size,
    lives: platform.lives,
    turns: world.turns,
    faults: platform.disk.struck,
  }
  return { seed, violations: ledger.violations, trace: world.trace, counts }
}

async function act(world: World, checks: Checks): Promise<void> {
  const { ledger, platform, time } = world
  const isWrong = (): boolean => ledger.violations.length > 0
  const pass = async (ms: number, maxTurns = Infinity): Promise<void> => {
    const lastTurn = world.turns + maxTurns
    const until = time.now + ms
    do {
      await world.turn()
      checks.afterTurn()
    } while (!isWrong() && world.turns < lastTurn && time.advance(until) !== undefined)
  }

  void world.call("open", "open", 1, 0)
  await pass(5_000)
  world.startCron()
  const storm = new Storm(world)
  for (let step = 0; step < STORM_STEPS && world.turns < MAX_STORM_TURNS && !isWrong(); step++) {
    const ms = storm.act()
    await pass(ms, MAX_STEP_TURNS)
    if (ms > 3_600_000) checks.checkKept()
  }
  if (isWrong()) return

  world.calm()
  await pass(CRON_MS + OVERDUE_MS)
  const overdue = world.waits(time.wall() - OVERDUE_MS)
  if (overdue !== "") ledger.violate(`long due, and not started because of other damage: ${overdue}`)
  platform.disk.faults.refuses = undefined
  world.damaged = undefined
  // From here on the alarm alone must do.
  world.hasCron = false
  // A time that came from a clock that was ahead is capped to the longest that a handler can ask for.
  const until = time.now + (world.farthestStep > BODY_MS ? 8 * BODY_MS : DRAIN_MS)
  for (let turns = 0; world.waits() !== "" && !isWrong(); turns++) {
    if (time.now >= until || turns > MAX_DRAIN_TURNS) {
      ledger.violate(`the queue has not drained: ${world.waits()}`)
      return
    }
    time.advance(until)
    await world.turn()
    checks.afterTurn()
  }
  if (isWrong()) return
  await pass(5_000)
  checks.checkPromises()
  checks.checkKept()
  if (isWrong()) return

  // What died last is kept for the rest of its day and the days of a body.
  await pass(ID_MS + 4 * BODY_MS)
  if (world.rows() > 0 && world.farthestStep < BODY_MS) ledger.violate(`${world.rows()} events are kept for ever`)
}
