// Sends prepared deliveries, each once. It uses little CPU, because it runs on the machine that is measured.

import { connect } from "node:net"
import { signWebhook } from "../../src/verify/sign.ts"
import { exchange, toWire } from "../load.ts"

export const SECRET = "whsec_bench_0123456789abcdef"

/** A body of about a kibibyte. */
const PADDING = "x".repeat(840)

let sent = 0

/** Makes new deliveries, signed and serialised as HTTP requests. */
export function prepare(count: number, type: string, port: number): readonly Uint8Array[] {
  return Array.from({ length: count }, () => {
    sent += 1
    const event = { id: `evt_bench_${sent}`, type, created: "2026-07-01T00:00:00Z", livemode: false }
    const body = JSON.stringify({ ...event, api_version: "2026-07-01", data: { object: { id: "obj_1", PADDING } } })
    const headers = { "Content-Type": "application/json", ...signWebhook(body, { secrets: [SECRET] }) }
    return toWire({ path: "/webhooks/credicorp", headers, body: Buffer.from(body) }, `127.0.0.1:${port}`)
  })
}

/** Sends them over a number of connections. Each sends its next delivery after an answer. Returns deliveries per second. */
export async function drive(port: number, deliveries: readonly Uint8Array[], connections: number): Promise<number> {
  const queue = deliveries.values()
  const sockets = Array.from({ length: connections }, () => connect(port, "127.0.0.1").setNoDelay())
  const startedAt = performance.now()
  await Promise.all(
    sockets.map(async (socket) => {
      for (const delivery of queue) await exchange(socket, delivery, 200)
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  for (const socket of sockets) socket.destroy()
  return deliveries.length / seconds
}
