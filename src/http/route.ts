import { Hono, type Context } from "hono"
import { allowOf, type Declaration } from "./operation.ts"
import { errorResponse } from "./response.ts"

type Variables = { Variables: { requestId: string } }

/** A request on its way to an operation. */
export type OperationContext = Context<Variables>

/** Mounts a route for each operation. Any other method on one of their paths is answered 405 with `Allow` (spec 4.2). */
export function createRoutes<Operation extends Pick<Declaration, "method" | "path">>(
  operations: readonly Operation[],
  serve: (c: OperationContext, operation: Operation) => Response | Promise<Response>,
): Hono<Variables> {
  const app = new Hono<Variables>()
  for (const operation of operations) app.on(operation.method, operation.path, (c) => serve(c, operation))
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const headers = { Allow: allowOf(operations, path) }
    app.all(path, (c) => errorResponse({ code: "method_not_allowed" }, c.var.requestId, headers))
  }
  return app
}
