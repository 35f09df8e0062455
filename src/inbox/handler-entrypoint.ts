import { WorkerEntrypoint } from "cloudflare:workers"
import { writeLine } from "../core/log.ts"
import type { HandlerSet } from "../events/handlers.ts"
import { concurrencyOf, toSources, type SourceSet } from "../events/sources.ts"
import type { HandlerCall, HandlerRunner, RunOutcome } from "./inbox.ts"
import { runHandler } from "./run-handler.ts"

/** The constructor of the entrypoint, as the platform calls it. */
export type HandlerRunsClass<Env> = new (ctx: ExecutionContext, env: Env) => WorkerEntrypoint<Env> & HandlerRunner

/**
 * Creates the entrypoint in which handlers run, apart from the object that stores events: their exceptions and CPU time are
 * not the object's. Their memory may be, because Cloudflare may run both in one isolate. The Worker's main module
 * exports the entrypoint as `HandlerRuns`.
 */
export const createHandlerRuns = <Env>(handlers: HandlerSet<Env> | SourceSet<Env>): HandlerRunsClass<Env> => {
  const sources = toSources(handlers)
  return class extends WorkerEntrypoint<Env> implements HandlerRunner {
    async concurrency(): Promise<Readonly<Record<string, number>>> {
      return concurrencyOf(sources)
    }

    async run(call: HandlerCall): Promise<RunOutcome> {
      return await runHandler(call, { sources }, { env: this.env, log: writeLine })
    }
  }
}
