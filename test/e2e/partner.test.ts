// Catches an endpoints API that answers otherwise than spec 4 and 5 have it, from bundle to socket as `npm start` runs it.

import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { SECRET } from "../support/delivery.ts"
import { AUDIENCE, createIssuer, ISSUER } from "../support/issuer.ts"
import { OPERATOR_TOKEN } from "../support/operator-token.ts"
import { BLACK_BOX_ENTRIES, blackBoxKey } from "../support/partner-keys.ts"
import { startWranglerDev } from "../support/wrangler-dev.ts"
import { describePartner } from "../black-box/partner.ts"

describePartner("wrangler dev", async () => {
  const issuer = await createIssuer("of-this-run")
  // Where the Worker fetches them over HTTP, as it will from any issuer.
  const keys = createServer((_, response) => response.end(issuer.keySet)).listen(0, "127.0.0.1")
  await once(keys, "listening")
  const wrangler = await startWranglerDev({
    // Without a receiver it would not call itself healthy.
    WEBHOOK_SECRETS: `test=${SECRET}`,
    PARTNER_API_KEYS: JSON.stringify(BLACK_BOX_ENTRIES),
    PARTNER_JWT_ISSUER: ISSUER,
    PARTNER_JWT_AUDIENCE: AUDIENCE,
    PARTNER_JWKS: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
    OPERATOR_TOKEN,
  })
  return {
    fetch: async (path, init) => await fetch(`${wrangler.url}${path}`, init),
    key: blackBoxKey,
    issuer,
    operatorToken: OPERATOR_TOKEN,
    async stop() {
      await wrangler.stop()
      keys.close()
    },
  }
})
