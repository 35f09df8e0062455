import { afterAll, beforeAll, describe } from "vitest"
import { createCall, type As, type PartnerPlane } from "./partner-client.ts"
import { describeCrowds } from "./partner-crowds.ts"
import { describeLife } from "./partner-life.ts"
import { describeOperator } from "./partner-operator.ts"
import { describeRefusals } from "./partner-refusals.ts"
import { describeTokens } from "./partner-tokens.ts"

/**
 * The endpoints API as its callers see it (spec 4 and 5): over HTTP alone, so that whatever answers may be held to it.
 * Every code of spec 5 that can occur is drawn out.
 *
 * @param start Called once. Its accounts are empty and their buckets full.
 */
export function describePartner(name: string, start: () => Promise<PartnerPlane>): void {
  describe(`the endpoints: ${name}`, { timeout: TEST_MS }, () => {
    let plane: PartnerPlane | undefined
    beforeAll(async () => {
      plane = await start()
    }, START_MS)
    afterAll(async () => {
      await plane?.stop()
    }, START_MS)

    const as: As = (facts) =>
      createCall(
        () => plane!,
        () => facts && plane!.key(facts),
      )
    describeRefusals(as)
    describeTokens(() => plane!)
    describeOperator(() => plane!)
    describeLife(as)
    describeCrowds(as)
  })
}

/** A whole process may have to start, on a machine that is busy with other tests. */
const START_MS = 90_000

/** Fifty requests at one time take a second where nothing else runs, and tests run beside others. */
const TEST_MS = 30_000
