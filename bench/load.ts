// Sends one prepared request many times over some connections. It uses little CPU, because it runs on the machine that is
// measured.

import { connect, type Socket } from "node:net"

export const CONNECTIONS = 16

const MAX_LOST = 20

export interface Shot {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** In chunks of 16 KiB, with no length announced. */
  readonly chunked?: boolean
  /** What every answer must be. */
  readonly status: number
}

/** Sends it `times` times in all. Rejects if an answer is not as expected. */
export async function fire(url: string, shot: Shot, times: number): Promise<void> {
  const { hostname, port, host } = new URL(url)
  const bytes = toWire(shot, host)
  let left = times
  // A server that answers without reading the body may close the connection during the write. Then the answer is lost.
  let lost = 0
  const work = async (): Promise<void> => {
    let socket: Socket | undefined
    while (left-- > 0) {
      // Errors reject the request that waits for an answer. Errors after the answer are ignored.
      if (!socket?.writable)
        socket = connect(Number(port), hostname)
          .setNoDelay()
          .on("error", () => {})
      try {
        await exchange(socket, bytes, shot.status)
      } catch (error) {
        const { code = "" } = error as NodeJS.ErrnoException
        if (!["EPIPE", "ECONNRESET"].includes(code) || ++lost > MAX_LOST + times / 2) throw error
        left++
      }
    }
    socket?.destroy()
  }
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, times) }, work))
}

/** One request and its answer, which must have that status. */
export function exchange(socket: Socket, bytes: Uint8Array, status: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = ""
    const finish = (error?: Error): void => {
      socket.off("data", onData).off("error", finish).off("close", onClose)
      if (error) {
        socket.destroy()
        reject(error)
      } else resolve()
    }
    const onData = (chunk: Buffer): void => {
      received += chunk.toString("latin1")
      const end = received.indexOf("\r\n\r\n")
      if (end < 0) return
      const length = /^content-length: *(\d+)/im.exec(received.slice(0, end))?.[1]
      if (received.length < end + 4 + Number(length ?? 0)) return
      const answered = Number(received.slice(9, 12))
      // A server that has not read the body closes the connection after its answer, or announces that it will.
      if (/^connection: *close/im.test(received.slice(0, end))) socket.destroy()
      finish(answered === status ? undefined : new Error(`answered ${received.slice(0, 600)}`))
    }
    const onClose = (): void => finish(new Error("closed before it answered"))
    socket.on("data", onData).on("error", finish).on("close", onClose)
    socket.write(bytes)
  })
}

const CHUNK_BYTES = 16_384

/** A request as it goes over the wire. */
export function toWire({ path, headers, body, chunked = false }: Omit<Shot, "status">, host: string): Uint8Array {
  const length = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, length, ...lines, "", ""].join("\r\n")
  const parts: (string | Uint8Array)[] = [head]
  if (chunked) {
    for (let at = 0; at < body.length; at += CHUNK_BYTES) {
      const chunk = body.subarray(at, at + CHUNK_BYTES)
      parts.push(`${chunk.length.toString(16)}\r\n`, chunk, "\r\n")
    }
    parts.push("0\r\n\r\n")
  } else parts.push(body)
  return Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)))
}
