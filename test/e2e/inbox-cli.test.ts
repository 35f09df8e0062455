// Catches an operator who is told something else than what became of an event, from `npm run send` to `npm run inbox`,
// with everything between them as `npm start` runs it.

import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import type { StatsView } from "../../src/inbox/stats-view.ts"
import type { EventDetail, EventView } from "../../src/inbox/view.ts"
import { SECRET } from "../support/delivery.ts"
import { startWranglerDev, type WranglerDev } from "../support/wrangler-dev.ts"

// Each command starts a process, beside all that other tests start.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 })

const SCRIPTS = join(import.meta.dirname, "..", "..", "tools")
const TOKEN = "operator_0123456789abcdef0123456789abcdef"
const ENV = { ...process.env, WEBHOOK_SECRETS: `test=${SECRET}`, OPERATOR_TOKEN: TOKEN, NO_COLOR: "1" }

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

let wrangler: WranglerDev

const run = async (script: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Run> =>
  await new Promise((resolve) => {
    const env = { ...ENV, ...more }
    const child = execFile(process.execPath, [join(SCRIPTS, script), ...args], { env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })

const inbox = async (...args: readonly string[]): Promise<Run> =>
  await run("inbox.ts", [...args, "--url", wrangler.url])

const json = async <Value>(...args: readonly string[]): Promise<Value> => {
  const { code, stdout, stderr } = await inbox(...args, "--json")
  expect([code, stderr]).toEqual([0, ""])
  return JSON.parse(stdout) as Value
}

/** Sends an event with `npm run send`; its id. */
async function send(type: string, payload: object): Promise<string> {
  const url = `${wrangler.url}/webhooks/credicorp`
  const { stdout } = await run("send.ts", [type, "--url", url, "--data", JSON.stringify(payload)])
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

describe("npm run inbox", () => {
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

  it("shows an event with its attempts, and with --body what was signed", async () => {
    const id = await send("payment.succeeded", { id: "pay_2", note: "§" })
    await untilStatus(id, "done")
    const plain = await inbox("show", id)
    expect(plain.stdout).toMatch(new RegExp(`^id +${id}$`, "m"))
    expect(plain.stdout).toMatch(/^payment\.\* {2}done$/m)
    expect(plain.stdout).toMatch(/^1 +\S+Z +done +\d+/m)
    expect(plain.stdout).not.toContain("pay_2")
    const { stdout } = await inbox("show", id, "--body")
    expect(JSON.parse(stdout.trim().split("\n").at(-1)!)).toMatchObject({ id, data: { object: { note: "§" } } })
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

  it("a handler that gives up: dead with its reason, counted, run again by event and by type", async () => {
    const ids = [
      await send("payment.succeeded", { id: "pay_unknown" }),
      await send("payment.succeeded", { id: "pay_unknown" }),
    ]
    for (const id of ids) await untilStatus(id, "dead")
    const { stdout } = await inbox("show", ids[0]!)
    expect(stdout).toMatch(/^payment\.\* {2}dead, gave_up$/m)
    // Whatever the handler put into its text, the terminal obeys none of it.
    expect(stdout).toContain("no such payment?[2J")
    expect((await inbox("rerun", "--dead", "payment.succeeded", "--dry-run")).stdout).toBe("would run again: 2 runs\n")

    await inbox("rerun", ids[0]!, "--handler", "payment.*")
    expect(runOf(await untilStatus(ids[0]!, "done"), "payment.*").attempts).toBe(2)
    expect((await inbox("rerun", "--dead", "payment.succeeded")).stdout).toBe("running again: 1 run\n")
    await untilStatus(ids[1]!, "done")
  })

  it("a paused handler starts nothing until it is resumed; the other goes on", async () => {
    expect(await inbox("pause", "payment.*")).toMatchObject({ code: 0 })
    expect((await json<StatsView>("stats")).paused_handlers).toEqual(["payment.*"])
    const id = await send("payment.settled", { id: "pay_3" })
    await vi.waitFor(async () => expect(runOf(await show(id), "payment.settled").status).toBe("done"), {
      timeout: 30_000,
      interval: 200,
    })
    expect(runOf(await show(id), "payment.*")).toMatchObject({ status: "waiting", attempts: 0 })
    await inbox("resume", "payment.*")
    await untilStatus(id, "done")
    expect((await inbox("stats")).stdout).toMatch(/^paused handlers +none$/m)
  })

  it("tail tells of an event that comes while it looks, until Ctrl-C, which is no failure", async () => {
    const args = ["tail", "--every", "1", "--type", "payment.settled", "--url", wrangler.url]
    const tailing = spawn(process.execPath, [join(SCRIPTS, "inbox.ts"), ...args], { env: ENV })
    let printed = ""
    tailing.stdout.on("data", (chunk) => (printed += String(chunk)))
    const ended = once(tailing, "exit")
    const id = await send("payment.settled", { id: "pay_4" })
    const line = new RegExp(`^\\d\\d:\\d\\d:\\d\\d {2}done +payment\\.settled +${id} `, "m")
    await vi.waitFor(() => expect(printed).toMatch(line), { timeout: 30_000, interval: 100 })
    tailing.kill("SIGINT")
    expect(await ended).toEqual([0, null])
  })

  it("an erased body is gone; its event is still known, and cannot run again", async () => {
    const id = await send("payment.settled", { id: "pay_5" })
    await untilStatus(id, "done")
    expect(await inbox("erase", id)).toMatchObject({ code: 0, stdout: "erased\n" })
    expect(await show(id)).toMatchObject({ has_body: false })
    const { code, stderr } = await inbox("rerun", id)
    expect([code, stderr]).toEqual([1, expect.stringContaining("Its body was erased or pruned")])
  })

  it.each([
    { args: ["show", "evt_unknown"], says: "npm run inbox -- list" },
    { args: ["rerun", "evt_unknown"], says: "npm run inbox -- list" },
    { args: ["erase", "evt_unknown"], says: "npm run inbox -- list" },
    { args: ["pause", "no.handler"], says: "a key of handlers.ts" },
    { args: ["list", "--status", "failed"], says: "waiting, done, dead, unhandled or discarded" },
    { args: ["list", "--type", "Payment"], says: "an event type" },
    { args: ["list", "--from", "yesterday"], says: "RFC 3339" },
    { args: ["list", "--to", "2026-11-22T10:00"], says: "RFC 3339" },
    { args: ["list", "--limit", "101"], says: "from 1 to 100" },
    { args: ["list", "--cursor", "x"], says: "--cursor" },
    { args: ["rerun", "--dead", "Payment"], says: "an event type" },
    { args: ["tail", "--type", "Payment"], says: "an event type" },
  ])("$args → 1, and what to do: $says", async ({ args, says }) => {
    const { code, stdout, stderr } = await inbox(...args)
    expect([code, stdout]).toEqual([1, ""])
    expect(stderr.split("\n")[1]).toContain(says)
  })

  it("another token → 1, and where the token comes from", async () => {
    const { code, stderr } = await run("inbox.ts", ["stats", "--url", wrangler.url], { OPERATOR_TOKEN: `${TOKEN}x` })
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^401 invalid_api_key.*\n.*OPERATOR_TOKEN/)])
  })
})
