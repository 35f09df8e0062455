// Catches a shard that sets no alarm any more: a stored time was trusted that the platform had given up on, and a
// constructor that failed left the object without one.

import { createExecutionContext, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { ALARM_OVERDUE_MS, SETUP_RETRY_MS } from "../../src/inbox/inbox-object.ts"
import { INBOX_SCHEMA } from "../../src/inbox/inbox-schema.ts"
import { createDriver, DAY_MS, delivery, SHARDS, START_MS, type Driver } from "./contract/inbox-driver.ts"
import { abortObject, createObjectFixture, INBOXES } from "../support/inbox-object.ts"
import worker from "../support/worker.ts"

let count = 0

async function open(): Promise<Driver & { readonly name: string }> {
  const name = `alarm_${(count += 1)}`
  return { ...(await createDriver(createObjectFixture(name))), name }
}

const inStorage = async <Value>(name: string, run: (storage: DurableObjectStorage) => Value): Promise<Value> =>
  await runInDurableObject(INBOXES.getByName(name), (_, { storage }) => run(storage))

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START_MS })
  vi.spyOn(Math, "random").mockReturnValue(0.5)
  vi.spyOn(console, "log").mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it("a stored alarm two days in the past: the next accepted event runs by an alarm of its own", async () => {
  const { name, shard, take, alarmAt, runner } = await open()
  runner.answer = () => ({ kind: "failed", error: "no" })
  await take("evt_1")
  const at = (await alarmAt())!
  vi.setSystemTime(at + 2 * DAY_MS)
  await abortObject(INBOXES.getByName(name))
  // The constructor has looked at the clock.
  await shard().stats()
  expect(await alarmAt()).toBeGreaterThan(at)
  await take("evt_2")
  expect(runner.calls.map(({ deliveryId }) => deliveryId)).toContain("dlv_evt_2")
  expect((await alarmAt())! - Date.now()).toBeGreaterThanOrEqual(-ALARM_OVERDUE_MS)
})

it("an alarm that did not ring while the object lives is set again with the next event", async () => {
  const { take, alarmAt, runner } = await open()
  runner.answer = () => ({ kind: "failed", error: "no" })
  await take("evt_1")
  const at = (await alarmAt())!
  vi.setSystemTime(at + ALARM_OVERDUE_MS + 1)
  await take("evt_2")
  expect(await alarmAt()).toBeGreaterThan(at)
})

it("a constructor that fails eight times and then works: the due run starts by the alarm, without a request", async () => {
  const { name, take, shard, alarmAt, ring, settle, runner } = await open()
  await shard().setPaused("payment.*", true)
  await take("evt_1")
  await inStorage(name, ({ sql }) => void sql.exec("DELETE FROM paused; UPDATE schema_version SET version = 99"))
  for (let i = 0; i < 8; i++) {
    await abortObject(INBOXES.getByName(name))
    await expect(async () => await shard().stats()).rejects.toThrow(/version 99/)
    const at = (await alarmAt())!
    expect(at - Date.now()).toBeLessThanOrEqual(SETUP_RETRY_MS)
    vi.setSystemTime(at)
    await ring()
  }
  expect(runner.calls).toEqual([])
  await inStorage(name, ({ sql }) => void sql.exec("UPDATE schema_version SET version = ?", INBOX_SCHEMA.length))
  vi.setSystemTime((await alarmAt())!)
  await ring()
  await settle()
  expect(runner.calls).toHaveLength(1)
})

const tablesOf = async (index: number): Promise<readonly unknown[]> =>
  await inStorage(`shard-${index}`, ({ sql }) =>
    sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\'").toArray(),
  )

it("the cron trigger wakes each shard that was opened, though its alarm is lost, and makes none of the others", async () => {
  const { runner, settle } = createObjectFixture("shard-0")
  for (const index of [0, 5]) {
    const shard = INBOXES.getByName(`shard-${index}`)
    await INBOXES.getByName("shard-0").noteOpened(index)
    await shard.open(SHARDS, index)
    await shard.setPaused("payment.*", true)
    await shard.accept(delivery(`evt_${index}`), SHARDS)
    await settle()
    await inStorage(`shard-${index}`, async (storage) => {
      storage.sql.exec("DELETE FROM paused")
      await storage.deleteAlarm()
    })
  }
  // Files of one isolate share these objects: another may have opened some, and the trigger must open no more.
  const others = [...Array(SHARDS).keys()].filter((index) => index !== 0 && index !== 5)
  const before = await Promise.all(others.map(tablesOf))
  const controller = { scheduledTime: Date.now(), cron: "*/15 * * * *", noRetry() {} }
  await worker.scheduled(controller, env, createExecutionContext())
  await settle()
  expect(runner.calls.map(({ deliveryId }) => deliveryId)).toEqual(expect.arrayContaining(["dlv_evt_0", "dlv_evt_5"]))
  expect(await Promise.all(others.map(tablesOf))).toEqual(before)
})
