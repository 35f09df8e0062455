// Catches a partner plane that answers otherwise than spec 4 and 5 have it, from bundle to socket as `npm start` runs it.

import { SECRET } from "../support/delivery.ts"
import { BLACK_BOX_ENTRIES, blackBoxKey } from "../support/partner-keys.ts"
import { startWranglerDev } from "../support/wrangler-dev.ts"
import { describePartner } from "./partner.ts"

describePartner("wrangler dev", async () => {
  const wrangler = await startWranglerDev({
    // Without a receiver it would not call itself healthy.
    WEBHOOK_SECRETS: `test=${SECRET}`,
    PARTNER_API_KEYS: JSON.stringify(BLACK_BOX_ENTRIES),
  })
  return {
    fetch: async (path, init) => await fetch(`${wrangler.url}${path}`, init),
    key: blackBoxKey,
    stop: () => wrangler.stop(),
  }
})
