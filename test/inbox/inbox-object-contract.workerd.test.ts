// Catches a Durable Object that answers otherwise than its twin in memory.

import { describeInbox } from "./contract/inbox.ts"
import { createObjectFixture } from "../support/inbox-object.ts"

let count = 0

describeInbox("the Durable Object", () => {
  // Storage is shared by the tests of a file: each has an object of its own.
  count += 1
  return createObjectFixture(`contract_${count}`)
})
