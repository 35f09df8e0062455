import { KEYS, matches, TYPES, type World } from "./world.ts"

/** All events, whenever they came. */
const ALL = { from: 0, before: Number.MAX_SAFE_INTEGER }

/** What operators do: each call is about something at random, and what was asked and answered goes into the ledger. */
export class Operators {
  readonly #world: World
  /** Handler → the turn in which it was asked to pause last. */
  readonly #pauseAsked = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
  }

  /** Pauses a handler. */
  async pause(): Promise<void> {
    const world = this.#world
    const key = world.pick(KEYS)
    const asked = world.turns
    this.#pauseAsked.set(key, asked)
    const answer = await world.call(`pause ${key}`, "setPaused", key, true)
    // Not if somebody has asked to resume it meanwhile.
    if (answer && this.#pauseAsked.get(key) === asked) world.ledger.paused.set(key, world.turns)
  }

  resume(): void {
    const world = this.#world
    const key = world.pick(KEYS)
    world.ledger.paused.delete(key)
    this.#pauseAsked.delete(key)
    void world.call(`resume ${key}`, "setPaused", key, false)
  }

  async rerun(): Promise<void> {
    const world = this.#world
    const event = world.someEvent()
    if (!event) return
    const keys = world.workerKeys
    const only = world.random() < 0.3 ? world.pick(keys) : undefined
    const askedAt = world.time.now
    event.rerunAskedAt = askedAt
    const answer = await world.call(`rerun ${event.id}`, "rerun", { source: "s", dedupeKey: event.id, keys, only })
    if (!answer) return
    event.rerunAskedAt = world.time.now
    if (typeof answer.value === "string") return
    for (const key of keys.filter((one) => matches(one, event.type) && (only === undefined || one === only))) {
      event.owed.set(key, askedAt)
    }
  }

  async rerunMany(): Promise<void> {
    const world = this.#world
    const type = world.pick(TYPES)
    const events = [...world.ledger.events.values()].filter((event) => event.type === type)
    const note = (): void => {
      for (const event of events) event.rerunAskedAt = world.time.now
    }
    note()
    const status = world.pick(["dead", "dead", "discarded", "unhandled", "done", "waiting"])
    const pace = { delayMs: world.pick([0, 0, 60_000]), everyMs: world.pick([0, 100]) }
    const wanted = {
      status,
      type,
      handler: undefined,
      keys: world.workerKeys,
      ...ALL,
      limit: 20,
      dryRun: false,
      ...pace,
    }
    await world.call(`rerun ${status} ${type}`, "rerunMany", wanted)
    note()
  }

  async discard(): Promise<void> {
    const world = this.#world
    if (world.random() < 0.2) {
      const type = world.pick(TYPES)
      for (const event of world.ledger.events.values()) if (event.type === type) event.discardAsked = true
      const wanted = { type, handler: undefined, ...ALL, limit: 20, dryRun: false, note: "not needed" }
      await world.call(`discard dead ${type}`, "discardMany", wanted)
      return
    }
    const event = world.someEvent()
    if (!event) return
    event.discardAsked = true
    await world.call(`discard ${event.id}`, "discard", { source: "s", dedupeKey: event.id, note: "not needed" })
  }

  async erase(): Promise<void> {
    const world = this.#world
    const event = world.someEvent()
    if (!event) return
    event.eraseAsked = true
    const answer = await world.call(`erase ${event.id}`, "erase", "s", event.id)
    if (answer?.value === true) event.erasedInTurn = world.turns
  }

  look(): void {
    const world = this.#world
    const status = world.pick([undefined, "waiting", "dead", "done", "unhandled", "discarded"])
    const filter = { status, type: undefined, ...ALL, limit: 20 }
    void world.call("list", "list", filter)
    void world.call("stats", "stats")
  }
}
