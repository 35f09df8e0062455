import type { Hono } from "hono"
import { createRoutes, type OperationContext } from "../../http/route.ts"
import { errorResponse, jsonResponse, RETRY_LATER, toErrorBody } from "../../http/response.ts"
import { ABOUT_OPERATIONS } from "./declarations.ts"
import { errorListPage, errorPage, INDEX, indexPage, negotiate } from "./html.ts"
import { ERROR_CODES, toErrorPage } from "./page.ts"

/** What `/healthz` answers with. */
export interface Health {
  /** Whether a delivery can be stored now. */
  readonly ok: boolean
  /** Shown in both cases. */
  readonly facts: object
}

const PAGES = ERROR_CODES.map(toErrorPage)

const SUMMARIES = PAGES.map(({ code, status, type, meaning }) => ({ code, status, type, meaning }))

type Serve = (c: OperationContext) => Response | Promise<Response>

/** Mounts the routes about the Worker itself: `/`, `/errors`, `/healthz` and `/openapi.json`. */
export function createAboutRoutes(checkHealth: () => Promise<Health>): Hono<{ Variables: { requestId: string } }> {
  const serve: Readonly<Record<(typeof ABOUT_OPERATIONS)[number]["name"], Serve>> = {
    "about.index": (c) => negotiate(c, INDEX, indexPage),

    async "about.health"(c) {
      const { requestId } = c.var
      const { ok, facts } = await checkHealth()
      return ok
        ? jsonResponse(200, { status: "ok", ...facts }, requestId)
        : jsonResponse(
            503,
            { ...toErrorBody({ code: "temporarily_unavailable" }, requestId), ...facts },
            requestId,
            RETRY_LATER,
          )
    },

    async "about.openapi"(c) {
      // Loaded and made on request, so that neither slows the start of an isolate.
      const { createDocument } = await import("./openapi.ts")
      return jsonResponse(200, createDocument(), c.var.requestId)
    },

    "about.errors": (c) => negotiate(c, { data: SUMMARIES }, () => errorListPage(PAGES)),

    "about.error"(c) {
      const page = PAGES.find(({ code }) => code === c.req.param("code"))
      if (!page) return errorResponse({ code: "route_not_found" }, c.var.requestId)
      return negotiate(c, page, () => errorPage(page))
    },
  }
  // `/` takes GET alone and is otherwise an unknown path (spec 3.1), so it has no 405.
  const others = ABOUT_OPERATIONS.filter(({ path }) => path !== "/")
  return createRoutes(others, (c, { name }) => serve[name](c)).get("/", serve["about.index"])
}
