// Catches an explanation from which a caller could copy a signature: whatever is asked, none of the given body leaves.

import { createHmac } from "node:crypto"
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { explain } from "../../src/explain/explain.ts"
import { NOW } from "../support/delivery.ts"

const secret = fc.oneof(
  fc.string({ minLength: 1, maxLength: 40 }),
  fc
    .string({ unit: fc.constantFrom("a", "b", "c", "0", "1", "2", "+", "/", "="), minLength: 8, maxLength: 44 })
    .map((text) => `whsec_${text}`),
  fc.constantFrom("", " ", `"whsec_quoted_0123456789"`),
)

const value = fc.oneof(fc.string({ maxLength: 80 }), fc.constantFrom(`t=${NOW},v1=${"0".repeat(64)}`, `t=${NOW}`))

it("spec 9.3: no signature of the body and no secret leaves", async () => {
  const run = fc.asyncProperty(
    fc.array(secret, { minLength: 1, maxLength: 3 }),
    fc.string({ maxLength: 200 }),
    fc.dictionary(fc.constantFrom("credicorp-signature", "X-Credicorp-Signature", "stripe-signature", "date"), value),
    async (secrets, body, headers) => {
      const shown = JSON.stringify(await explain(body, headers, { secrets, now: NOW }))
      for (const key of secrets) {
        for (const text of [body, `${NOW}.${body}`]) {
          const mac = createHmac("sha256", key).update(text)
          const signature = mac.digest()
          expect(shown).not.toContain(signature.toString("hex"))
          expect(shown).not.toContain(signature.toString("base64"))
        }
        if (key.length > 8) expect(shown).not.toContain(JSON.stringify(key).slice(1, -1))
      }
    },
  )
  await fc.assert(run, { numRuns: 300 })
})
