// Sends prepared deliveries, each once. Made to cost little: the machine that measures is the one that is measured.

import { connect, type Socket } from "node:net"
import { signWebhook } from "../../src/sign.ts"

export const SECRET = "whsec_bench_0123456789abcdef"

/** A body of about a kibibyte. */
const PADDING = "x".repeat(840)

let sent = 0

/** Deliveries that nobody has seen before, signed and written out as they go over the wire. */
export function prepare(count: number, type: string, port: number): readonly Uint8Array[] {
  return Array.from({ length: count }, () => {
    sent += 1
    const event = { id: `evt_bench_${sent}`, type, created: "2026-07-01T00:00:00Z", livemode: false }
    const body = JSON.stringify({ ...event, api_version: "2026-07-01", data: { object: { id: "obj_1", PADDING } } })
    const headers = {
      Host: `127.0.0.1:${port}`,
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
      ...signWebhook(body, { secrets: [SECRET] }),
    }
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    return Buffer.from(["POST /webhooks/credicorp HTTP/1.1", ...head, "", body].join("\r\n"))
  })
}

/** Sends them over so many connections, each its next when it has its answer. Returns deliveries a second. */
export async function drive(port: number, deliveries: readonly Uint8Array[], connections: number): Promise<number> {
  const queue = deliveries.values()
  const sockets = Array.from({ length: connections }, () => connect(port, "127.0.0.1").setNoDelay())
  const startedAt = performance.now()
  await Promise.all(
    sockets.map(async (socket) => {
      for (const delivery of queue) await exchange(socket, delivery)
    }),
  )
  const seconds = (performance.now() - startedAt) / 1000
  for (const socket of sockets) socket.destroy()
  return deliveries.length / seconds
}

/** One delivery and its answer, which must be a 200. */
export function exchange(socket: Socket, delivery: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = ""
    const end = (error?: Error): void => {
      socket.off("data", onData).off("error", end).off("close", onClose)
      if (error) reject(error)
      else resolve()
    }
    const onData = (chunk: Buffer): void => {
      received += chunk.toString("latin1")
      const head = received.indexOf("\r\n\r\n")
      if (head < 0) return
      const length = Number(/^content-length: *(\d+)/im.exec(received)?.[1] ?? 0)
      if (received.length < head + 4 + length) return
      end(received.startsWith("HTTP/1.1 200") ? undefined : new Error(`answered ${received.slice(0, 400)}`))
    }
    const onClose = (): void => end(new Error("closed before it answered"))
    socket.on("data", onData).on("error", end).on("close", onClose)
    socket.write(delivery)
  })
}
