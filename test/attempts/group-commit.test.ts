// Catches an answer that leaves before its write is durable, one bad write that takes good ones with it, and a queue
// without an end.

import { describe, expect, it } from "vitest"
import { GroupCommit } from "../../src/attempts/group-commit.ts"
import { settle } from "../support/memory-inbox.ts"

interface FakeStorage {
  /** What was written and what was made durable, in order. */
  readonly events: string[]
  /** Lets the oldest sync end. */
  readonly endSync: (error?: Error) => Promise<void>
  readonly commits: GroupCommit
}

function createFake(): FakeStorage {
  const events: string[] = []
  const syncs: { resolve: () => void; reject: (error: Error) => void }[] = []
  let transactions = 0
  let isClean = true
  const commits = new GroupCommit({
    transactionSync(work) {
      transactions += 1
      const before = events.length
      events.push(`begin ${transactions}`)
      try {
        const value = work()
        isClean = false
        return value
      } catch (error) {
        events.length = before
        throw error
      }
    },
    async sync() {
      // Nothing to wait for: the platform answers in the next turn.
      if (isClean) return
      isClean = true
      await new Promise<void>((resolve, reject) => {
        syncs.push({ resolve, reject })
      })
    },
  })
  return {
    events,
    commits,
    async endSync(error) {
      const sync = syncs.shift()
      if (!sync) throw new Error("no sync is under way")
      if (error) sync.reject(error)
      else {
        events.push("durable")
        sync.resolve()
      }
      await settle()
    },
  }
}

describe("GroupCommit", () => {
  it("tells nothing before it is durable", async () => {
    const { commits, events, endSync } = createFake()
    void commits.run(() => events.push("a")).then(() => events.push("told a"))
    await settle()
    expect(events).toEqual(["begin 1", "a"])
    await endSync()
    expect(events).toEqual(["begin 1", "a", "durable", "told a"])
  })

  it("what comes meanwhile is the next group, in one transaction, in its order", async () => {
    const { commits, events, endSync } = createFake()
    const run = (name: string): void =>
      void commits.run(() => events.push(name)).then(() => events.push(`told ${name}`))
    run("a")
    await settle()
    for (const name of ["b", "c", "d"]) run(name)
    await settle()
    await endSync()
    expect(events.toSorted()).toEqual(["a", "b", "begin 1", "begin 2", "c", "d", "durable", "told a"])
    expect(events.filter((event) => event !== "told a")).toEqual(["begin 1", "a", "durable", "begin 2", "b", "c", "d"])
    await endSync()
    expect(events.slice(8)).toEqual(["durable", "told b", "told c", "told d"])
    run("e")
    await settle()
    await endSync()
    expect(events.slice(12)).toEqual(["begin 3", "e", "durable", "told e"])
  })

  it("resolves to what the work returned", async () => {
    const { commits, endSync } = createFake()
    const results = Promise.all([commits.run(() => 1), commits.run(() => undefined), commits.run(() => null)])
    await settle()
    await endSync()
    expect(await results).toEqual([1, undefined, null])
  })

  it("does not run work within the call that brings it", async () => {
    const { commits } = createFake()
    let ran = false
    void commits.run(() => {
      ran = true
    })
    expect(ran).toBe(false)
    await settle()
    expect(ran).toBe(true)
  })

  it("one that throws takes no other with it: the rest is written, each once, in its order", async () => {
    const { commits, events, endSync } = createFake()
    const poison = commits.run(() => {
      events.push("poison")
      throw new RangeError("no room")
    })
    const refused = expect(poison).rejects.toThrow(RangeError)
    const others = Promise.all(["a", "b"].map((name) => commits.run(() => void events.push(name))))
    await settle()
    await endSync()
    await refused
    await others
    expect(events.filter((event) => event.length === 1)).toEqual(["a", "b"])
    expect(events).not.toContain("poison")
    await expect(Promise.race([commits.run(() => "next"), settle().then(() => "waits")])).resolves.toBe("waits")
  })

  it("a sync that fails is told to everyone of its group, and the next group begins afresh", async () => {
    const { commits, endSync } = createFake()
    const failed = Promise.allSettled([commits.run(() => 1), commits.run(() => 2)])
    await settle()
    const next = commits.run(() => 3)
    await endSync(new Error("the disk is gone"))
    expect((await failed).map(({ status }) => status)).toEqual(["rejected", "rejected"])
    await endSync()
    expect(await next).toBe(3)
  })

  it("nobody is told anything while a sync goes on for ever, and hasRoom says when it is enough", async () => {
    const { commits } = createFake()
    let told = 0
    for (let i = 0; i < 256; i++) {
      expect(commits.hasRoom(10)).toBe(true)
      void commits.run(() => {}, 10).then(() => (told += 1))
    }
    expect(commits.hasRoom(10)).toBe(false)
    await settle()
    expect([told, commits.hasRoom(10)]).toEqual([0, false])
  })

  it.each([
    { why: "nothing waits", held: 0, bytes: 16_777_216, want: true },
    { why: "one byte too many", held: 0, bytes: 16_777_217, want: false },
    { why: "just room for it", held: 16_777_215, bytes: 1, want: true },
    { why: "no room for it", held: 16_777_216, bytes: 1, want: false },
    { why: "no room for more", held: 16_777_216, bytes: 1_000, want: false },
  ])("hasRoom: $why → $want, and room again once it is durable or failed", async ({ held, bytes, want }) => {
    for (const error of [undefined, new Error("no")]) {
      const { commits, endSync } = createFake()
      const run = held > 0 ? commits.run(() => {}, held) : Promise.resolve()
      const ended = run.catch(() => {})
      await settle()
      expect(commits.hasRoom(bytes)).toBe(want)
      if (held > 0) await endSync(error)
      await ended
      expect(commits.hasRoom(16_777_216)).toBe(true)
    }
  })

  it("work that is no delivery always may wait, and takes no delivery's room", async () => {
    const { commits } = createFake()
    for (let i = 0; i < 1_000; i++) void commits.run(() => {})
    expect(commits.hasRoom(16_777_216)).toBe(true)
    await settle()
    expect(commits.hasRoom(16_777_216)).toBe(true)
  })
})
