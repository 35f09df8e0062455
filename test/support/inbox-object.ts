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

/** The entrypoint of the Worker runs nothing of its own any more: what becomes of an attempt is the test's to say. */
export function fakeHandlers(): FakeRunner {
  const runner: FakeRunner = { calls: [], answer: () => ({ kind: "done" }) }
  vi.spyOn(HandlerRuns.prototype as HandlerRunner, "run").mockImplementation(async (call) => {
    runner.calls.push(call)
    return await runner.answer(call)
  })
  return runner
}

/** A real wait, for what goes on in an object. */
export const settleObject = async (): Promise<void> => {
  for (let turn = 0; turn < 4; turn++) await scheduler.wait(2)
}

/** The object is killed in the middle of what it does; the next call begins a new one over its storage. */
export async function abortObject(stub: DurableObjectStub<Inbox>): Promise<void> {
  try {
    await runInDurableObject(stub, (_, state) => state.abort("killed by the test"))
  } catch {
    // As every call that it was still to answer.
  }
}

/** A shard of its own, in the platform's storage, with its handlers run through the platform's loopback. */
export function createObjectFixture(name: string): InboxFixture {
  // A stub of before an eviction is broken.
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
