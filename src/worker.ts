import { createAppFromEnv } from "./app-from-env.ts"
import { handlers, type Env } from "./handlers.ts"
import { createHandlerRuns } from "./inbox/handler-entrypoint.ts"

export { Account } from "./endpoints/account-object.ts"
export { Inbox } from "./inbox/inbox-object.ts"

/** Where handlers run: the inbox finds it under this name. */
export const HandlerRuns = createHandlerRuns(handlers)

let app: ReturnType<typeof createAppFromEnv> | undefined

export default {
  // Built with the isolate's first request: until then there are no bindings.
  fetch: (request, env, ctx) => (app ??= createAppFromEnv(env, handlers)).fetch(request, env, ctx),
} satisfies ExportedHandler<Env>
