import { WorkerEntrypoint } from "cloudflare:workers"
import { writeLine } from "../core/log.ts"
import type { HandlerSet } from "../events/handlers.ts"
import type { HandlerCall, HandlerRunner, RunOutcome } from "./inbox.ts"
import { runHandler } from "./run-handler.ts"

/** Its constructor, as the platform calls it. */
export type HandlerRunsClass<Env> = new (ctx: ExecutionContext, env: Env) => WorkerEntrypoint<Env> & HandlerRunner

/**
 * The entrypoint in which handlers run, apart from the object that stores: their exceptions and their
 * CPU time are not its own. Their memory may be: Cloudflare promises no isolate to each. The Worker's main module exports it as `HandlerRuns`.
 */
export const createHandlerRuns = <Env>(handlers: HandlerSet<Env>): HandlerRunsClass<Env> =>
  class extends WorkerEntrypoint<Env> implements HandlerRunner {
    async run(call: HandlerCall): Promise<RunOutcome> {
      return await runHandler(call, handlers, { env: this.env, log: writeLine })
    }
  }
