// Catches an endpoints API that answers otherwise than spec 4 and 5 have it, in the runtime where it is deployed.

import { exports } from "cloudflare:workers"
import { afterAll, beforeAll, inject, vi } from "vitest"
import { issuerOf, type IssuerKeys } from "../support/issuer.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import { blackBoxKey } from "../support/partner-keys.ts"
import { describePartner } from "./partner.ts"

declare module "vitest" {
  interface ProvidedContext {
    issuer: IssuerKeys
  }
}

// The types of Workers know the exports of a project only once it has described itself to them.
const worker = (exports as unknown as { default: Fetcher }).default

// The Worker runs in the isolate of the tests, and writes a line a request.
beforeAll(() => {
  vi.spyOn(console, "log").mockImplementation(() => {})
})
afterAll(() => {
  vi.restoreAllMocks()
})

describePartner("the Worker's export in workerd", async () => ({
  fetch: async (path, init) => await worker.fetch(`https://partner.example${path}`, init),
  key: blackBoxKey,
  issuer: issuerOf(inject("issuer")),
  operatorToken: OPERATOR_TOKEN,
  stop: async () => {},
}))
