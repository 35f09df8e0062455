// Catches a command line that does not fit the Worker that `npm start` runs. What each command prints is tested in
// test/cli, without processes.

import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import type { EventDetail, EventView } from "../../src/inbox/view.ts"
import { SECRET } from "../support/delivery.ts"
import { startWranglerDev, type WranglerDev } from "../support/wrangler-dev.ts"

// Each command starts a process, beside all that other tests start.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 })

const MAIN = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts")
const TOKEN = "operator_0123456789abcdef0123456789abcdef"
const ENV = { ...process.env, WEBHOOK_SECRETS: `test=${SECRET}`, OPERATOR_TOKEN: TOKEN, NO_COLOR: "1" }

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

let wrangler: WranglerDev

const run = async (...args: readonly string[]): Promise<Run> =>
  await new Promise((resolve) => {
    const env = { ...ENV, COUNTERSIGN_URL: wrangler.url }
    const child = execFile(process.execPath, [MAIN, ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })

const inbox = async (...args: readonly string[]): Promise<Run> => await run("inbox", ...args)

const json = async <Value>(...args: readonly string[]): Promise<Value> => {
  const { code, stdout, stderr } = await inbox(...args, "--json")
  expect([code, stderr]).toEqual([0, ""])
  return JSON.parse(stdout) as Value
}

/** Sends an event. Returns its id. */
async function send(type: string, payload: object): Promise<string> {
  const { stdout } = await run("send", type, "--data", JSON.stringify(payload))
  expect(stdout).toContain(`"status":"accepted"`)
  return /"received":true,"id":"(evt_[\w-]+)"/.exec(stdout)![1]!
}

const show = async (id: string): Promise<EventDetail> => await json<EventDetail>("show", id)

const untilStatus = async (id: string, status: EventView["status"]): Promise<EventDetail> =>
  await vi.waitFor(
    async () => {
      const event = await show(id)
      expect(event.status).toBe(status)
      return event
    },
    { timeout: 30_000, interval: 200 },
  )

const runOf = (event: EventDetail, handler: string) => event.runs.find((one) => one.handler === handler)!

beforeAll(async () => {
  const secrets = { WEBHOOK_SECRETS: `test=${SECRET}`, OPERATOR_TOKEN: TOKEN }
  wrangler = await startWranglerDev(secrets, "test/support/inbox-worker.ts")
})

afterAll(async () => {
  await wrangler.stop()
})

describe("countersign send, inbox", () => {
  it("an event that was sent is listed as done, with a run for each handler that takes it", async () => {
    const id = await send("payment.settled", { id: "pay_1" })
    const event = await untilStatus(id, "done")
    expect(event.runs.map(({ handler, status, attempts }) => [handler, status, attempts])).toEqual([
      ["payment.settled", "done", 1],
      ["payment.*", "done", 1],
    ])
    const { code, stdout } = await inbox("list", "--status", "done", "--type", "payment.settled")
    expect(code).toBe(0)
    const line = stdout.split("\n").find((one) => one.includes(id))
    expect(line).toMatch(/^\S+Z +done +payment\.settled +evt_\S+ +payment\.settled done \(1\), payment\.\* done \(1\)$/)
  })

  it("a handler that throws: the run waits for its next attempt, the other handler's is done", async () => {
    const id = await send("payment.settled", { id: "pay_closed" })
    const event = await vi.waitFor(
      async () => {
        const one = await show(id)
        expect(runOf(one, "payment.*")).toMatchObject({ status: "waiting", attempts: 1 })
        return one
      },
      { timeout: 30_000, interval: 200 },
    )
    expect(event.status).toBe("waiting")
    expect(runOf(event, "payment.settled").status).toBe("done")
    expect(runOf(event, "payment.*").history).toMatchObject([{ outcome: "failed", error: "Error: the bank is closed" }])
    expect((await inbox("show", id)).stdout).toMatch(/^payment\.\* {2}waiting, next attempt \S+Z$/m)
  })

  it("tail tells of an event that comes while it looks, until Ctrl-C, which is no failure", async () => {
    const args = ["inbox", "tail", "--every", "1", "--type", "payment.settled", "--origin", wrangler.url]
    const tailing = spawn(process.execPath, [MAIN, ...args], { env: ENV })
    let printed = ""
    tailing.stdout.on("data", (chunk) => (printed += String(chunk)))
    const ended = once(tailing, "exit")
    const id = await send("payment.settled", { id: "pay_4" })
    const line = new RegExp(`^\\d\\d:\\d\\d:\\d\\d {2}done +payment\\.settled +${id} `, "m")
    await vi.waitFor(() => expect(printed).toMatch(line), { timeout: 30_000, interval: 100 })
    tailing.kill("SIGINT")
    expect(await ended).toEqual([0, null])
  })
})
