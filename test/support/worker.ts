// The main module of the Worker under test: src/main.ts with the handlers of the tests.

import { createReceiver, type WorkerBindings } from "../../src/worker.ts"
import { handlers } from "./handlers.ts"

export { Account, Inbox } from "../../src/worker.ts"

let receiver = createReceiver(handlers)

export const HandlerRuns = receiver.HandlerRuns

/** Clears the Worker's caches, as a new isolate would. Storage is emptied between test files, but the isolate is shared. */
export function restartWorker(): void {
  receiver = createReceiver(handlers)
}

// oxlint-disable-next-line import/no-default-export -- a Worker's main module has one
export default {
  fetch: (request, env, ctx) => receiver.fetch(request, env, ctx),
  scheduled: async (controller, env, ctx) => await receiver.scheduled(controller, env, ctx),
} satisfies ExportedHandler<WorkerBindings>
