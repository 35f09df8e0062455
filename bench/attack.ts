// What one core refuses, and whether memory stays flat while it does.

import { connect, type Socket } from "node:net"
import { setTimeout as wait } from "node:timers/promises"
import { cpuOf, memoryOf } from "./cpu.ts"
import { fire, type Shot } from "./load.ts"
import { createShot } from "./servers.ts"
import { bundle, serve } from "./workerd.ts"

export interface AttackResult {
  readonly name: string
  /** Requests for each second of CPU time, the kernel's included; for the slow body, connections held. */
  readonly perCpuSecond: number
  readonly requests: number
  /**
   * Resident memory of the process, in MiB: half way, at the end, and at the most. Half way, because the collector lets a
   * heap grow for some ten thousand requests before it looks at it, whatever the Worker does.
   */
  readonly memory: { readonly middle: number; readonly late: number; readonly most: number }
  readonly note: string
}

const KIB = 1_024
const MIB = 1_048_576

const LARGE_HEADER_CHARS = 65_536 - 512

function createShots(): Readonly<Record<string, Shot>> {
  const genuine = createShot(KIB)
  const large = createShot(MIB)
  const time = genuine.headers["Credicorp-Signature"]!.slice(0, 12)
  const wrong = `${time},v1=${"0".repeat(64)}`
  return {
    "no signature, 1 KiB": { ...genuine, headers: { "Content-Type": "application/json" }, status: 400 },
    "garbage for a signature, 1 KiB": forged(genuine, "t=now,v1=please"),
    "a wrong signature, 1 KiB": forged(genuine, wrong),
    "16 wrong signatures, 1 KiB": forged(genuine, time + `,v1=${"0".repeat(64)}`.repeat(16)),
    "a wrong signature, 1 MiB": forged(large, wrong),
    "a wrong signature, 1 MiB in chunks, no length announced": { ...forged(large, wrong), chunked: true },
    "no signature, 1 MiB that stays unread": { ...large, headers: { "Content-Type": "application/json" }, status: 400 },
    "a header of 64 KiB": forged(genuine, "v1=,".repeat(LARGE_HEADER_CHARS / 4)),
  }
}

export async function attack(seconds: number, progress: (name: string) => void): Promise<readonly AttackResult[]> {
  const results: AttackResult[] = []
  for (const [name, shot] of Object.entries(createShots())) {
    results.push(await withReceiver((pid, url) => flood(pid, url, { name, shot, seconds })))
    progress(name)
  }
  results.push(await withReceiver((pid, url) => hold(pid, url, seconds)))
  progress("slow bodies")
  return results
}

async function withReceiver<Result>(run: (pid: number, url: string) => Promise<Result>): Promise<Result> {
  const { pid, urls, stop } = await serve([{ name: "receiver-alone", code: await bundle("receiver-alone.ts", true) }])
  try {
    return await run(pid, urls["receiver-alone"]!)
  } finally {
    await stop()
  }
}

const BATCH = 320

async function flood(
  pid: number,
  url: string,
  { name, shot, seconds }: { name: string; shot: Shot; seconds: number },
): Promise<AttackResult> {
  const until = Date.now() + seconds * 1_000
  const memory: number[] = []
  const before = cpuOf(pid)
  let requests = 0
  while (Date.now() < until) {
    await fire(url, shot, BATCH)
    requests += BATCH
    memory.push(memoryOf(pid))
  }
  const spent = cpuOf(pid) - before
  await fire(url, createShot(KIB), 1)
  return {
    name,
    requests,
    perCpuSecond: (requests / spent) * 1e6,
    memory: toMemory(memory),
    note: "a genuine delivery is answered afterwards",
  }
}

const SLOW_CONNECTIONS = 500
const SLOW_EVERY_MS = 1_000

/** Senders who announce a mebibyte and send a byte a second, and one honest one among them. */
async function hold(pid: number, url: string, seconds: number): Promise<AttackResult> {
  const { hostname, port, host } = new URL(url)
  const { path, headers } = createShot(MIB)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const head = [`POST ${path} HTTP/1.1`, `Host: ${host}`, `Content-Length: ${MIB}`, ...lines, "", ""].join("\r\n")
  const sockets: Socket[] = []
  for (let i = 0; i < SLOW_CONNECTIONS; i++) {
    const socket = connect(Number(port), hostname).on("error", () => {})
    socket.write(head)
    sockets.push(socket)
  }
  const memory: number[] = []
  const before = cpuOf(pid)
  let slowest = 0
  for (let second = 0; second < seconds; second++) {
    for (const socket of sockets) socket.write(" ")
    const sentAt = performance.now()
    await fire(url, createShot(KIB), 1)
    slowest = Math.max(slowest, performance.now() - sentAt)
    memory.push(memoryOf(pid))
    await wait(SLOW_EVERY_MS)
  }
  const open = sockets.filter(({ destroyed }) => !destroyed).length
  const spent = cpuOf(pid) - before
  for (const socket of sockets) socket.destroy()
  return {
    name: `${open} bodies of 1 MiB, announced and sent a byte a second`,
    requests: open,
    perCpuSecond: (open * seconds * 1e6) / spent,
    memory: toMemory(memory),
    note: `genuine deliveries in between are answered, the slowest in ${slowest.toFixed(0)} ms`,
  }
}

function toMemory(bytes: readonly number[]): AttackResult["memory"] {
  const mib = bytes.map((value) => value / MIB)
  return { middle: mib[Math.floor(mib.length / 2)]!, late: mib.at(-1)!, most: Math.max(...mib) }
}

const forged = (shot: Shot, signature: string): Shot => ({
  ...shot,
  headers: { "Content-Type": "application/json", "Credicorp-Signature": signature },
  status: 400,
})
