import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** Something that a handler said it does. */
export interface Testimony {
  readonly what: "started" | "completed"
  readonly attempt: number
  /** Milliseconds, on the clock of this process. */
  readonly at: number
}

export interface Witness {
  readonly url: string
  /** `event handler` → what was said of that run, in order. */
  readonly runs: ReadonlyMap<string, readonly Testimony[]>
  readonly close: () => void
}

/** Hears what handlers do. It lives in a process that nobody kills, so what was said stays said. */
export async function startWitness(): Promise<Witness> {
  const runs = new Map<string, Testimony[]>()
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "/", "http://witness").searchParams
    const key = `${query.get("event")} ${query.get("handler")}`
    const said = { what: query.get("what") as Testimony["what"], attempt: Number(query.get("attempt")) }
    runs.set(key, [...(runs.get(key) ?? []), { ...said, at: performance.now() }])
    response.end("heard")
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  const close = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, runs, close }
}
