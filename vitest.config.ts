import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { cloudflareTest } from "@cloudflare/vitest-plugin"
import { defineConfig } from "vitest/config"
import { exportJWK, generateKeyPair } from "jose"
import { API_KEYS } from "./test/support/api-keys.ts"
import { BLACK_BOX_ENTRIES } from "./test/support/partner-keys.ts"
import { AUDIENCE, ISSUER } from "./test/support/issuer.ts"
import { OPERATOR_TOKEN } from "./test/support/operator-token.ts"

/** Cases from other people's suites, read where VECTORS_DIR says; a test that finds none says that it skipped them. */
const VECTOR_FILES = ["hmac_sha256", "signature", "json_bodies", "http", "urls"]

const readVectors = (name: string): readonly unknown[] | null => {
  const path = join(process.env["VECTORS_DIR"] ?? "", `${name}.json`)
  return process.env["VECTORS_DIR"] && existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).cases : null
}

const vectors = Object.fromEntries(VECTOR_FILES.map((name) => [name, readVectors(name)]))

/** Who signs tokens for the Worker under test: keys that are made for this run and told to nobody else. */
const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true })
const issuer = { kid: "of-this-run", publicJwk: await exportJWK(publicKey), privateJwk: await exportJWK(privateKey) }

// The same tables run in Node and in workerd; what needs one of them says so by its ending.
const everywhere = ["test/**/*.test.ts"]
const nodeOnly = "test/**/*.node.test.ts"
const workerdOnly = "test/**/*.workerd.test.ts"

export default defineConfig({
  test: {
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text", "json-summary"],
    },
    projects: [
      { test: { name: "node", include: everywhere, exclude: [workerdOnly], provide: { vectors } } },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.toml" },
            miniflare: {
              bindings: {
                WEBHOOK_SECRETS: "test=whsec_test_0123456789abcdef",
                WEBHOOK_LIVEMODE: "false",
                OPERATOR_TOKEN,
                PARTNER_API_KEYS: JSON.stringify([...API_KEYS, ...BLACK_BOX_ENTRIES]),
                PARTNER_JWT_ISSUER: ISSUER,
                PARTNER_JWT_AUDIENCE: AUDIENCE,
                PARTNER_JWKS: JSON.stringify({ keys: [{ ...issuer.publicJwk, kid: issuer.kid }] }),
              },
            },
          }),
        ],
        test: { name: "workerd", include: everywhere, exclude: [nodeOnly], provide: { vectors, issuer } },
      },
    ],
  },
})
