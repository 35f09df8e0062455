import { createAppFromEnv } from "./app-from-env.ts"
import { handlers, type Env } from "./handlers.ts"

export { Account } from "./endpoints/account-object.ts"

let app: ReturnType<typeof createAppFromEnv> | undefined

export default {
  // Built with the isolate's first request: until then there are no bindings.
  fetch: (request, env, ctx) => (app ??= createAppFromEnv(env, handlers)).fetch(request, env, ctx),
} satisfies ExportedHandler<Env>
