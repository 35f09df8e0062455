// A Worker whose handlers end as the payload says, for tests that watch the inbox from outside.

import { createReceiver, defineHandlers, GiveUp, type WorkerBindings } from "../../src/worker.ts"

export { Account, Inbox } from "../../src/worker.ts"

const receiver = createReceiver(
  defineHandlers<WorkerBindings>({
    "payment.settled": () => {},
    "payment.*": (event, { attempt }) => {
      if (event.data.object["id"] === "pay_unknown" && attempt === 1) throw new GiveUp("no such payment\u001b[2J")
      if (event.data.object["id"] === "pay_closed") throw new Error("the bank is closed")
    },
  }),
)

export const HandlerRuns = receiver.HandlerRuns

// oxlint-disable-next-line import/no-default-export -- a Worker's main module has one
export default { fetch: receiver.fetch } satisfies ExportedHandler<WorkerBindings>
