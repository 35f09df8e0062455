import { createReceiver } from "./worker.ts"
import { handlers, type Env } from "./handlers.ts"

export { Account, Inbox } from "./worker.ts"

const receiver = createReceiver(handlers)

export const HandlerRuns = receiver.HandlerRuns

export default { fetch: receiver.fetch, scheduled: receiver.scheduled } satisfies ExportedHandler<Env>
