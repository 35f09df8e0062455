import { afterEach, beforeEach, describe, vi } from "vitest"
import { describeAccept } from "./inbox-accept.ts"
import { describeBulk } from "./inbox-bulk.ts"
import { createDriver, START_MS, type Driver, type InboxFixture } from "./inbox-driver.ts"
import { describeKeep } from "./inbox-keep.ts"
import { describeOperate } from "./inbox-operate.ts"
import { describeRuns } from "./inbox-runs.ts"

/**
 * What holds of every `InboxShard`.
 *
 * @param createFixture Called once a test.
 */
export function describeInbox(name: string, createFixture: () => InboxFixture): void {
  const open = async (): Promise<Driver> => await createDriver(createFixture())
  // The object takes a second for what a twin does in ten milliseconds.
  describe(`InboxShard: ${name}`, { timeout: 60_000 }, () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["Date"], now: START_MS })
      vi.spyOn(Math, "random").mockReturnValue(0.5)
      vi.spyOn(console, "log").mockImplementation(() => {})
    })
    afterEach(() => {
      vi.useRealTimers()
      vi.restoreAllMocks()
    })
    describeAccept(open)
    describeRuns(open)
    describeOperate(open)
    describeBulk(open)
    describeKeep(open)
  })
}
