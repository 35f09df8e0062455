// Catches an operator who is told something else than what became of an event.

import { describe, expect, it } from "vitest"
import type { EventDetail } from "../../../src/inbox/view.ts"
import { runCommandLine, type CommandResult } from "../../support/command-line.ts"
import { createInboxApp, type InboxApp } from "../../support/inbox-app.ts"
import { OPERATOR_TOKEN } from "../../support/operator-token.ts"

interface Desk {
  readonly inbox: InboxApp
  readonly run: (line: string, token?: string) => Promise<CommandResult>
}

/** An inbox with two events: one done, one dead because its handler gave up. */
async function createDesk(): Promise<Desk> {
  const inbox = createInboxApp()
  const fetch = (async (input, init) => await inbox.fetch(new Request(input, init))) as typeof globalThis.fetch
  await inbox.take("evt_done")
  inbox.answer = () => ({ kind: "dead", reason: "gave_up", error: "no such payment\u001b[2J" })
  await inbox.take("evt_dead", { type: "payment.succeeded" })
  inbox.answer = () => ({ kind: "done" })
  return {
    inbox,
    run: async (line, token = OPERATOR_TOKEN) =>
      await runCommandLine(["inbox", ...line.split(" ")], { env: { OPERATOR_TOKEN: token }, fetch }),
  }
}

describe("countersign inbox", () => {
  it("list: a line for each event, with the runs of its handlers", async () => {
    const { run } = await createDesk()
    const { code, out } = await run("list")
    expect(code).toBe(0)
    expect(out.split("\n").map((line) => line.replaceAll(/ {2,}/g, "|").replace(/^\S+Z/, "TIME"))).toEqual([
      "received|status|type|id|runs (attempts)",
      "TIME|dead|payment.succeeded|evt_dead|payment.* dead (1)",
      "TIME|done|payment.settled|evt_done|payment.* done (1)",
    ])
    expect((await run("list --status dead --json")).out).toContain(`"id":"evt_dead"`)
  })

  it("list: nothing of a type that is perhaps mistyped says where the types are", async () => {
    const { run } = await createDesk()
    expect(await run("list --type payment.setled")).toEqual({
      code: 0,
      out: "no events",
      err: expect.stringContaining("countersign inbox stats"),
    })
  })

  it("show: the attempts, why it is dead, and with --include body what was signed", async () => {
    const { run } = await createDesk()
    const { out } = await run("show evt_dead")
    expect(out).toMatch(/^id +evt_dead$/m)
    expect(out).toMatch(/^payment\.\* {2}dead, gave_up$/m)
    expect(out).toMatch(/^1 +\S+Z +failed +\d+ +no such payment\?\[2J$/m)
    expect(out).not.toContain("data")
    const shown = await run("show evt_dead --include body")
    expect(JSON.parse(shown.out.split("\n").at(-1)!)).toMatchObject({ id: "evt_dead" })
  })

  it("rerun-all counts with --dry-run, then runs what is dead", async () => {
    const { run, inbox } = await createDesk()
    expect((await run("rerun-all --type payment.succeeded --dry-run")).out).toBe("would run again: 1 run")
    expect((await run("rerun-all --type payment.succeeded")).out).toBe("running again: 1 run")
    inbox.pass(1_000)
    const { out } = await run("show evt_dead --json")
    expect((JSON.parse(out) as EventDetail).runs).toMatchObject([{ status: "done", attempts: 2 }])
  })

  it("rerun-all of a mistyped type says of which types some are dead", async () => {
    const { run } = await createDesk()
    const { code, out } = await run("rerun-all --type payment.succeded")
    expect([code, out.split("\n")]).toEqual([
      0,
      ["running again: 0 runs", expect.stringContaining("payment.succeeded (1)")],
    ])
  })

  it("rerun and discard: one event", async () => {
    const { run } = await createDesk()
    expect((await run("discard evt_dead --note refunded")).out).toMatch(/^payment\.\* {2}discarded, refunded$/m)
    expect((await run("rerun evt_done --handler payment.*")).out).toMatch(/^payment\.\* {2}(?:done|waiting|running)/m)
  })

  it("pause, handlers, stats, resume: a paused handler is shown as such", async () => {
    const { run } = await createDesk()
    expect((await run("pause payment.*")).out).toBe("payment.* is paused: its runs wait")
    expect((await run("handlers")).out).toMatch(/^payment\.\* +paused/m)
    expect((await run("stats")).out).toMatch(/^paused handlers +payment\.\*$/m)
    expect((await run("resume payment.*")).out).toBe("payment.* runs again")
    expect((await run("stats")).out).toMatch(/^paused handlers +none$/m)
  })

  it("an erased body is gone; its event is still known, and cannot run again", async () => {
    const { run } = await createDesk()
    expect(await run("erase evt_done")).toEqual({ code: 0, out: "erased", err: "" })
    expect((await run("show evt_done")).out).toMatch(/erased or pruned$/m)
    expect(await run("rerun evt_done")).toMatchObject({
      code: 1,
      err: expect.stringContaining("Its body was erased or pruned"),
    })
  })

  it.each([
    { line: "show evt_unknown", says: "countersign inbox list" },
    { line: "rerun evt_unknown", says: "countersign inbox list" },
    { line: "erase evt_unknown", says: "countersign inbox list" },
    { line: "discard evt_done --note x", says: "It has no such dead run" },
    // A mistyped key was answered with "runs again".
    { line: "pause payments.*", says: "Did you mean payment.*?" },
    { line: "resume payments.*", says: "Did you mean payment.*?" },
    { line: "pause nothing.like.it", says: "countersign inbox handlers" },
    { line: "list --type payment.*", says: "events of this type" },
    { line: "list --from yesterday", says: "RFC 3339" },
    { line: "list --to 2026-11-22T10:00", says: "before then" },
    { line: "list --limit 101", says: "from 1 to 100" },
    { line: "list --cursor x", says: "next_cursor" },
    { line: "rerun-all --type payment.*", says: "events of this type" },
    { line: "rerun-all", says: "events of this type" },
    { line: "rerun-all --type a.b --per-second 1001", says: "from 1 to 1000" },
    { line: "tail --type payment.*", says: "invalid_value_type" },
  ])("$line → 1, and what to do: $says", async ({ line, says }) => {
    const { run } = await createDesk()
    const { code, out, err } = await run(line)
    expect([code, out]).toEqual([1, ""])
    expect(err).toContain(says)
  })

  it("another token → 1, and where the token comes from", async () => {
    const { run } = await createDesk()
    expect(await run("stats", `${OPERATOR_TOKEN}x`)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^401 invalid_api_key.*\n.*OPERATOR_TOKEN/),
    })
  })
})
