// A Worker with six sources. Each handler fails once and logs what it got, for tests that watch the inbox from outside.

import { credicorp, github, shopify, slack, standardWebhooks, stripe } from "../../src/providers.ts"
import {
  createReceiver,
  defineSource,
  defineSources,
  type HandlerContext,
  type WorkerBindings,
} from "../../src/worker.ts"

export { Account, Inbox } from "../../src/worker.ts"

const failOnce = (_: unknown, { attempt }: HandlerContext<WorkerBindings>): void => {
  if (attempt === 1) throw new Error("the first attempt fails")
}

const receiver = createReceiver(
  defineSources<WorkerBindings>({
    credicorp: defineSource(credicorp, { "payment.*": failOnce }),
    stripe: defineSource(stripe, { "payment_intent.*": failOnce }),
    github: defineSource(github, { pull_request: failOnce }),
    slack: defineSource(slack, { app_mention: failOnce }),
    shopify: defineSource(shopify, { "orders/*": failOnce }),
    partner: defineSource(standardWebhooks, { "user.*": failOnce }),
  }),
)

export const HandlerRuns = receiver.HandlerRuns

// oxlint-disable-next-line import/no-default-export -- a Worker's main module has one
export default { fetch: receiver.fetch, scheduled: receiver.scheduled } satisfies ExportedHandler<WorkerBindings>
