import type { Accepted } from "../../src/inbox/inbox.ts"
import type { Promised } from "./ledger.ts"
import { lanesOf, readEvent, timeOf } from "./rows.ts"
import { matches, type World } from "./world.ts"

/** Those who send events, and hold each answer against what was answered before. */
export class Senders {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** Sends an event; `isChanged` if with other bytes than before. */
  async deliver(event: Promised, isKnown = true, isChanged = false): Promise<void> {
    const world = this.#world
    const { ledger } = world
    const { id, type } = event
    const handlers = isKnown ? world.workerKeys.filter((key) => matches(key, type)) : undefined
    const wasAcked = event.ackedAt !== undefined
    if (!wasAcked) event.sent.push(handlers)
    const body = new TextEncoder().encode(isChanged ? `${event.body}!` : event.body)
    const delivery = { source: "s", dedupeKey: id, type, body, deliveryId: `dlv_${id}`, secretId: "t", handlers }
    ledger.counts.deliveries += 1
    const called = await world.call<Accepted>(`deliver ${id}`, "accept", delivery, 1)
    const answer = called?.value
    if (!answer || answer.kind === "full" || answer.kind === "no_space") {
      ledger.counts.refused += 1
      return
    }
    if (answer.kind === "duplicate") {
      ledger.counts.duplicates += 1
      if (event.sent.length === 0) ledger.violate(`${id} is a duplicate of nothing`)
      const row = readEvent(world.platform.disk, id)
      if (row?.hasBody && answer.differs !== isChanged) ledger.violate(`${id}: differs is ${String(answer.differs)}`)
    } else if (answer.kind !== (handlers ? "accepted" : "ignored")) {
      ledger.violate(`${id} was answered ${answer.kind}`)
      return
    } else if (wasAcked) ledger.violate(`${id} was accepted twice`)
    if (event.ackedAt === undefined) this.#acknowledge(event)
  }

  /** From here on the event must not be lost. */
  #acknowledge(event: Promised): void {
    const { ledger, platform, time } = this.#world
    const row = readEvent(platform.disk, event.id)
    if (!row) {
      ledger.violate(`${event.id} was acknowledged and is not there`)
      return
    }
    const lanes = lanesOf(row)
    const isSent = event.sent.some((one) => JSON.stringify(one ?? []) === JSON.stringify(lanes))
    if (!isSent && event.rerunAskedAt === Number.NEGATIVE_INFINITY) {
      ledger.violate(`${event.id} has handlers that were not sent`)
    }
    event.handlers = lanes
    event.ackedAt = time.now
    event.acceptedWall = timeOf(row)
  }
}
