import { createReceiver } from "./create-receiver.ts"
import { handlers, type Env } from "./handlers.ts"

export { Account, Inbox } from "./create-receiver.ts"

const receiver = createReceiver(handlers)

export const HandlerRuns = receiver.HandlerRuns

export default { fetch: receiver.fetch } satisfies ExportedHandler<Env>
