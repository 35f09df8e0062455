// Whole requests: what a Worker costs with a receiver in it, and what reading a body costs.

import { nameOfSize } from "./bodies.ts"
import { cpuOf, userCpuOf } from "./cpu.ts"
import { createFixture } from "./fixture.ts"
import { fire, type Shot } from "./load.ts"
import { measure, type Plan, type Samples, type Timed } from "./measure.ts"
import type { Groups } from "./micro.ts"
import { githubSignature, standardHeaders } from "./peers.ts"
import { bundle, serve, type Served } from "./workerd.ts"

export const SERVER_SIZES = [1_024, 65_536] as const

/** Every Worker verifies and parses a delivery and answers 200. `bare` verifies nothing. */
export const SERVERS = [
  "bare",
  "native",
  "receiver-alone",
  "receiver-quiet",
  "middleware",
  "stripe",
  "standardwebhooks",
  "svix",
  "octokit",
  "tern",
]

/** Measures user CPU time per request, in a process that serves all of them. */
export async function measureServers(plan: Plan, progress: (group: string) => void): Promise<Groups> {
  const workers = await Promise.all(
    SERVERS.map(async (name): Promise<Served> => {
      return { name, code: await bundle(`${name}.ts`, true) }
    }),
  )
  const { pid, urls, stop } = await serve(workers)
  const groups: Record<string, Samples> = {}
  try {
    for (const bytes of SERVER_SIZES) {
      const shot = createShot(bytes)
      const timed = SERVERS.map((id): Timed => ({
        id,
        batch: (times) => userCpu(pid, () => fire(urls[id]!, shot, times)),
      }))
      groups[bytes] = await measure(timed, plan)
      progress(nameOfSize(bytes))
    }
  } finally {
    await stop()
  }
  return groups
}

async function userCpu(pid: number, run: () => Promise<void>): Promise<number> {
  const before = userCpuOf(pid)
  await run()
  return userCpuOf(pid) - before
}

/** One request with the headers of every scheme, so that all Workers get the same request. */
export function createShot(bytes: number): Shot {
  const fixture = createFixture(bytes)
  const headers = {
    "Content-Type": "application/json",
    "User-Agent": "bench",
    "Credicorp-Delivery": "dlv_1",
    "Credicorp-Signature": fixture.header,
    "Stripe-Signature": fixture.header,
    "X-Hub-Signature-256": githubSignature(fixture),
    ...standardHeaders(fixture, false),
  }
  return { path: "/webhooks/credicorp", headers, body: fixture.body, status: 200 }
}

export const BODY_SIZES = [1_024, 16_384, 65_536, 1_048_576] as const

/** CPU time of reading a body that was announced (`sized`) or not (`chunked`), and of answering without reading it. */
export async function measureBodies(plan: Plan, progress: (group: string) => void): Promise<Groups> {
  const { pid, urls, stop } = await serve([{ name: "bodies", code: await bundle("bodies.ts") }])
  const groups: Record<string, Samples> = {}
  try {
    for (const bytes of BODY_SIZES) {
      const body = new Uint8Array(bytes).fill(32)
      const headers = { "Credicorp-Signature": "malformed", "X-Bytes": String(bytes) }
      const timed = ["array-buffer", "bounded", "counted", "refused"].flatMap((way) =>
        [false, true].map((chunked): Timed => {
          const shot = { path: `/${way}`, headers, body, chunked, status: 200 }
          const batch: Timed["batch"] = async (times) => {
            const before = cpuOf(pid)
            await fire(urls["bodies"]!, shot, times)
            return cpuOf(pid) - before
          }
          return { id: `${way}/${chunked ? "chunked" : "sized"}`, batch }
        }),
      )
      groups[bytes] = await measure(timed, plan)
      progress(nameOfSize(bytes))
    }
  } finally {
    await stop()
  }
  return groups
}
