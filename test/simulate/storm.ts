import { MOODS } from "./handlers.ts"
import type { Promised } from "./ledger.ts"
import { BODY_MS, ID_MS, MAX_SHARD_BYTES } from "./limits.ts"
import { Operators } from "./operators.ts"
import { pickWaiting, readEvent } from "./rows.ts"
import { Senders } from "./senders.ts"
import { KEYS, TYPES, type World } from "./world.ts"

const YEAR_MS = 31_536_000_000

/** What one simulation is like: not every seed has every kind of trouble. */
interface Weather {
  readonly crashRate: number
  readonly faults: boolean
  readonly clock: boolean
  /** Its steps may be a year. */
  readonly far: boolean
  readonly deploys: boolean
  readonly operator: boolean
  /** Bodies are large, and the storage is as small as it can be. */
  readonly heavy: boolean
  /** What can never be written until the storm is over and all else has drained. */
  readonly damage: "none" | "run" | "minutes" | "pruning"
}

/** All that senders, operators, deployments and the platform do while there is trouble. */
export class Storm {
  readonly #world: World
  readonly #weather: Weather
  readonly #senders: Senders
  readonly #actions: readonly (() => unknown)[]
  #count = 0

  constructor(world: World) {
    this.#world = world
    this.#senders = new Senders(world)
    const { random } = world
    this.#weather = {
      crashRate: world.pick([0, 0.002, 0.01, 0.04]),
      faults: random() < 0.7,
      clock: random() < 0.3,
      far: random() < 0.4,
      deploys: random() < 0.4,
      operator: random() < 0.8,
      heavy: random() < 0.15,
      damage: world.pick(["none", "none", "none", "run", "minutes", "pruning"] as const),
    }
    world.crashRate = this.#weather.crashRate
    if (this.#weather.faults) world.handlers.deafness = world.pick([0, 0, 0.2])
    world.handlers.concurrency = Object.fromEntries(
      KEYS.filter(() => random() < 0.3).map((key) => [key, 1 + world.below(4)]),
    )
    if (this.#weather.heavy) world.maxPages = Math.floor(MAX_SHARD_BYTES / 4_096)
    world.platform.disk.faults.maxPages = world.maxPages
    world.note(`weather ${JSON.stringify(this.#weather)}`)
    this.#actions = this.#weigh()
  }

  /** Does one thing, and returns how long until the next, in milliseconds. */
  act(): number {
    const world = this.#world
    world.pick(this.#actions)()
    const scale = world.random()
    if (scale < 0.55) return world.below(3)
    if (scale < 0.75) return world.below(200)
    if (scale < 0.87) return world.below(6_000)
    if (scale < 0.95) return world.below(90_000)
    return scale < 0.985 ? world.below(7_200_000) : world.below(100_000_000)
  }

  #weigh(): readonly (() => unknown)[] {
    const { faults, clock, deploys, operator, heavy, crashRate, damage } = this.#weather
    const { platform } = this.#world
    const { disk } = platform
    const operators = new Operators(this.#world)
    const weighed: readonly (readonly [weight: number, action: () => unknown])[] = [
      [30, () => this.#deliverNew()],
      [2, () => this.#burst()],
      [12, () => this.#redeliver()],
      [6, () => this.#changeMood()],
      [crashRate > 0 ? 2 : 0, () => platform.crash("a crash")],
      [3, () => platform.evict()],
      [
        faults ? 4 : 0,
        () => this.#set("transactions fail", () => (disk.faults.failingTransactions = 1 + this.#world.below(4))),
      ],
      [
        faults ? 4 : 0,
        () => this.#set("a statement will fail", () => (disk.faults.writesLeft = this.#world.below(12))),
      ],
      [faults ? 1 : 0, () => this.#set("a sync fails", () => (disk.faults.failingSyncs = 1))],
      [faults && !heavy ? 1 : 0, () => this.#fill()],
      [faults ? 1 : 0, () => platform.loseAlarm()],
      [damage === "none" ? 0 : 2, () => this.#damage()],
      [clock ? 3 : 0, () => this.#stepClock()],
      [deploys ? 2 : 0, () => this.#deploy()],
      [operator ? 3 : 0, () => operators.pause()],
      [operator ? 4 : 0, () => operators.resume()],
      [operator ? 3 : 0, () => operators.rerun()],
      [operator ? 1 : 0, () => operators.rerunMany()],
      [operator ? 1 : 0, () => operators.discard()],
      [operator ? 2 : 0, () => operators.erase()],
      [operator ? 2 : 0, () => operators.look()],
    ]
    return weighed.flatMap(([weight, action]) => Array.from({ length: weight }, () => action))
  }

  #set(what: string, change: () => void): void {
    this.#world.note(what)
    change()
  }

  #newEvent(): Promised {
    const world = this.#world
    const id = `evt_${this.#count++}`
    const size = world.below(this.#weather.heavy ? 20_000 : 200)
    return world.ledger.create(id, world.pick(TYPES), `${id} ${"x".repeat(size)}`)
  }

  #deliverNew(): void {
    void this.#senders.deliver(this.#newEvent(), this.#world.random() < 0.95)
  }

  #burst(): void {
    const world = this.#world
    for (let left = world.random() < 0.02 ? 300 : 1 + world.below(40); left > 0; left--) this.#deliverNew()
  }

  #redeliver(): void {
    const world = this.#world
    const event = world.someEvent()
    // A sender tries for three days; a forgotten id would be a new event.
    if (!event || (world.time.latestWall > event.acceptedWall + ID_MS - BODY_MS && event.ackedAt !== undefined)) return
    const times = world.random() < 0.2 ? 2 : 1
    const isChanged = event.ackedAt !== undefined && world.random() < 0.2
    for (let n = 0; n < times; n++) void this.#senders.deliver(event, true, isChanged)
  }

  #changeMood(): void {
    const world = this.#world
    const key = world.pick(KEYS)
    const mood = world.pick(MOODS)
    world.note(`${key} is ${mood}`)
    world.handlers.moods.set(key, mood)
  }

  /** The object may hold little more than it does, for a while. */
  #fill(): void {
    const world = this.#world
    const { platform, time } = world
    const { faults } = platform.disk
    faults.maxPages = Math.ceil(platform.disk.bytes / 4_096) + world.below(4)
    world.note(`the storage is full at ${faults.maxPages} pages`)
    time.after(world.below(120_000), "there is room again", () => {
      faults.maxPages = world.maxPages
    })
  }

  /** From now on something can never be written. */
  #damage(): void {
    const world = this.#world
    const { faults } = world.platform.disk
    if (faults.refuses) return
    const { damage } = this.#weather
    const run = pickWaiting(world.platform.disk, world.random())
    if (damage === "run") {
      if (!run) return
      world.damaged = [...world.ledger.events.values()].find(
        ({ id }) => readEvent(world.platform.disk, id)?.sequence === run.sequence,
      )
      faults.refuses = (query, values) =>
        /INTO runs/.test(query) && values.includes(run.sequence) && values.includes(run.lane)
    } else if (damage === "minutes") faults.refuses = (query) => /INTO minutes/.test(query)
    else
      faults.refuses = (query, values) =>
        /^DELETE FROM events|SET body = NULL/.test(query) || /^pruned_|^oldest_death/.test(String(values[0]))
    world.note(`damaged: ${damage} ${JSON.stringify(damage === "run" ? run : "")}`)
  }

  #stepClock(): void {
    const world = this.#world
    // What was ahead by a year goes back by a year.
    const isFarAhead = world.time.offset > YEAR_MS / 2
    const ms = isFarAhead
      ? -YEAR_MS
      : world.pick([-5_000, 5_000, -300, 60_000, -60_000, 3_600_000, -3_600_000, this.#weather.far ? YEAR_MS : 1])
    world.note(`the clock steps by ${ms} ms`)
    world.stepClock(ms)
  }

  /** The Worker changes at once, its object within five minutes. */
  #deploy(): void {
    const world = this.#world
    const keys = KEYS.filter(() => world.random() < 0.7)
    world.workerKeys = keys
    world.handlers.keys = keys
    world.note(`deployed: ${keys.join(" ")}`)
    world.time.after(world.below(300_000), "the deployment reaches the object", () => world.platform.crash("deployed"))
  }
}
