import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { vi } from "vitest"
import type { InboxBindings } from "../../src/inbox/config.ts"
import type { HandlerRunner } from "../../src/inbox/inbox.ts"
import type { Inbox } from "../../src/inbox/inbox-object.ts"
import { HandlerRuns } from "./worker.ts"
import type { FakeRunner, InboxFixture } from "../inbox/contract/inbox-driver.ts"

/** The binding of wrangler.toml. */
export const INBOXES: DurableObjectNamespace<Inbox> = (env as Required<InboxBindings>).INBOXES

/** Replaces the handlers of the Worker's entrypoint: the test decides how an attempt ends. */
export function fakeHandlers(): FakeRunner {
  const runner: FakeRunner = { calls: [], answer: () => ({ kind: "done" }) }
  vi.spyOn(HandlerRuns.prototype as HandlerRunner, "run").mockImplementation(async (call) => {
    runner.calls.push(call)
    return await runner.answer(call)
  })
  return runner
}

/** Waits in real time, for work within an object. */
export const settleObject = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await scheduler.wait(2)
}

/** Kills the object during its work. The next call starts a new one over the same storage. */
export async function abortObject(stub: DurableObjectStub<Inbox>): Promise<void> {
  try {
    await runInDurableObject(stub, (_, state) => state.abort("killed by the test"))
  } catch {
    // Rejects like every call that the object had not answered.
  }
}

/** Creates a new shard in the platform's storage. Its handlers run through the platform's loopback. */
export function createObjectFixture(name: string): InboxFixture {
  // An eviction breaks older stubs.
  const stub = () => INBOXES.getByName(name)
  return {
    shard: stub,
    runner: fakeHandlers(),
    inOneTurn: async (work) => await runInDurableObject(stub(), async (object) => await work(object)),
    alarmAt: async () =>
      await runInDurableObject(stub(), async (_, state) => (await state.storage.getAlarm()) ?? undefined),
    ring: async () => void (await runDurableObjectAlarm(stub())),
    async restart() {
      await abortObject(stub())
      await stub().stats()
    },
    settle: settleObject,
  }
}
