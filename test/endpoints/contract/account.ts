import { describe } from "vitest"
import { describeAccess } from "./account-access.ts"
import { createDriver, type AccountFixture } from "./account-driver.ts"
import { describeEndpoints } from "./account-endpoints.ts"
import { describeIdempotency } from "./account-idempotency.ts"
import { describeOperator } from "./account-operator.ts"
import { describeSecrets } from "./account-secrets.ts"

/**
 * The contract of the `Account` port, the same for every implementation: what an account answers to a request that was
 * judged as far as that goes without its state (spec 5.2 to 5.11), and what it remembers.
 *
 * @param createFixture Called once a test.
 */
export function describeAccount(name: string, createFixture: () => AccountFixture): void {
  const open = () => createDriver(createFixture())
  describe(`Account: ${name}`, () => {
    describeEndpoints(open)
    describeSecrets(open)
    describeIdempotency(open)
    describeAccess(open)
    describeOperator(open)
  })
}
