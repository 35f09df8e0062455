import * as v from "valibot"
import { named } from "../http/fields.ts"
import type { Operation } from "../operator/operation.ts"
import { BULK_OPERATIONS } from "./bulk-operations.ts"
import { EVENT_OPERATIONS } from "./event-operations.ts"
import { EXAMPLE_HANDLER, EXAMPLE_STATS } from "./examples.ts"
import { HandlerName } from "./fields.ts"
import { pauseAll, statsOfAll } from "./operate-all.ts"
import { INBOX_PATH, ofInbox, operation, unknownHandler, type InboxOperationDeps } from "./operation.ts"
import { HandlerView, StatsView, toHandlerViews, toStatsView } from "./stats-view.ts"

const HandlerState = named("HandlerState", v.object({ handler: v.string(), paused: v.boolean() }))

/** Declares `pause` and `resume`. */
const pausing = (verb: "pause" | "resume", summary: string): Operation<InboxOperationDeps> =>
  operation({
    name: `inbox.${verb}`,
    method: "POST",
    path: `${INBOX_PATH}/${verb}`,
    summary,
    body: { schema: HandlerName, optional: false, logged: ["handler"], example: { handler: "payment.*" } },
    answers: [
      {
        status: 200,
        description: "The handler as it is now.",
        schema: HandlerState,
        example: { handler: "payment.*", paused: verb === "pause" },
      },
    ],
    errors: [],
    run: ofInbox(async ({ body: { handler } }, { shards, handlerKeys }) => {
      const paused = verb === "pause"
      if (!handlerKeys.includes(handler)) {
        // A key that is gone from handlers.ts may still be paused, and can then be resumed.
        const isPaused = !paused && (await statsOfAll(shards)).some((shard) => shard.paused.includes(handler))
        if (!isPaused) return unknownHandler(handlerKeys)
      }
      await pauseAll(shards, handler, paused)
      return { status: 200, body: { handler, paused } }
    }),
  })

/** Everything an operator can do with the inbox. */
export const INBOX_OPERATIONS: readonly Operation<InboxOperationDeps>[] = [
  ...EVENT_OPERATIONS,
  ...BULK_OPERATIONS,
  operation({
    name: "inbox.handlers",
    method: "GET",
    path: `${INBOX_PATH}/handlers`,
    summary: "List the handlers and their work",
    answers: [
      {
        status: 200,
        description: "Every key of handlers.ts, and every other key that still has runs or is paused.",
        schema: named("InboxHandlers", v.object({ data: v.array(HandlerView) })),
        example: { data: [EXAMPLE_HANDLER] },
      },
    ],
    errors: [],
    run: ofInbox(async (_, { shards, ...deployed }) => ({
      status: 200,
      body: { data: toHandlerViews(await statsOfAll(shards), deployed) },
    })),
  }),
  pausing("pause", "Pause a handler: its runs wait"),
  pausing("resume", "Resume a paused handler"),
  operation({
    name: "inbox.stats",
    method: "GET",
    path: `${INBOX_PATH}/stats`,
    summary: "Show the state of the inbox",
    answers: [{ status: 200, description: "All shards added up.", schema: StatsView, example: EXAMPLE_STATS }],
    errors: [],
    run: ofInbox(async (_, { shards, ...deployed }) => ({
      status: 200,
      body: toStatsView(await statsOfAll(shards), deployed),
    })),
  }),
]
