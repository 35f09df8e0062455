// A Worker whose handlers end as the payload says, for tests that watch the inbox from outside.

import { createAppFromEnv } from "../../src/app-from-env.ts"
import type { WorkerBindings } from "../../src/config.ts"
import { defineHandlers } from "../../src/events/handlers.ts"
import { GiveUp } from "../../src/events/outcomes.ts"
import { createHandlerRuns } from "../../src/inbox/handler-entrypoint.ts"

export { Account } from "../../src/endpoints/account-object.ts"
export { Inbox } from "../../src/inbox/inbox-object.ts"

const handlers = defineHandlers<WorkerBindings>({
  "payment.settled": () => {},
  "payment.*": (event, { attempt }) => {
    if (event.data.object["id"] === "pay_unknown" && attempt === 1) throw new GiveUp("no such payment\u001b[2J")
    if (event.data.object["id"] === "pay_closed") throw new Error("the bank is closed")
  },
})

export const HandlerRuns = createHandlerRuns(handlers)

let app: ReturnType<typeof createAppFromEnv> | undefined

// oxlint-disable-next-line import/no-default-export -- a Worker's main module has one
export default {
  fetch: (request, env, ctx) => (app ??= createAppFromEnv(env, handlers)).fetch(request, env, ctx),
} satisfies ExportedHandler<WorkerBindings>
