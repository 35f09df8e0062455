// The Worker as it is deployed, registry and log lines included; its handlers do nothing.

import { createAppFromEnv } from "../../src/app-from-env.ts"
import type { WorkerBindings, ReceiverBindings } from "../../src/config.ts"
import { defineHandlers } from "../../src/events/handlers.ts"

type Env = ReceiverBindings & WorkerBindings

const handlers = defineHandlers<Env>({ "*": () => {} })

let app: ReturnType<typeof createAppFromEnv> | undefined

export default {
  fetch: (request, env, ctx) => (app ??= createAppFromEnv(env, handlers)).fetch(request, env, ctx),
} satisfies ExportedHandler<Env>
