import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { cloudflareTest } from "@cloudflare/vitest-plugin"
import { exportJWK, generateKeyPair } from "jose"
import { defineConfig } from "vitest/config"
import { unstable_readConfig as readConfig } from "wrangler"
import { API_KEYS } from "./test/support/api-keys.ts"
import { AUDIENCE, ISSUER } from "./test/support/issuer.ts"
import { OPERATOR_TOKEN } from "./test/support/operator-token.ts"
import { BLACK_BOX_ENTRIES } from "./test/support/partner-keys.ts"
import { QuietReporter } from "./test/support/reporter.ts"

/** Cases of other projects' suites, in the folder of VECTORS_DIR. Without it, their tests are skipped. */
const VECTOR_FILES = ["published", "generic_hmac", "hmac_sha256", "signature", "json_bodies", "http", "urls"]

const readVectors = (name: string): readonly unknown[] | null => {
  const path = join(process.env["VECTORS_DIR"] ?? "", `${name}.json`)
  return process.env["VECTORS_DIR"] && existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).cases : null
}

/** The file for a run's results: CI adds up the tests of all runs. */
const outputFile = process.env["TEST_RESULTS"]
const jsonReport: [string, Record<string, unknown>][] = outputFile ? [["json", { outputFile }]] : []

/** The table of facts about providers, which lies beside the folder of vectors. */
const readFacts = (): readonly unknown[] | null => {
  const path = join(process.env["VECTORS_DIR"] ?? "", "..", "providers.json")
  return process.env["VECTORS_DIR"] && existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).providers : null
}

const vectors = {
  ...Object.fromEntries(VECTOR_FILES.map((name) => [name, readVectors(name)])),
  providers: readFacts(),
}

/** Signs the tokens that the Worker under test accepts. Its keys are new in each run. */
const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true })
const issuer = { kid: "of-this-run", publicJwk: await exportJWK(publicKey), privateJwk: await exportJWK(privateKey) }

// Date and flags are those of the deployed Worker. Its other bindings are the user's own, and no test depends on them.
const { compatibility_date, compatibility_flags } = readConfig({ config: "./wrangler.toml" })

/** Runs tests in workerd, beside the Worker of test/support/worker.ts. */
const inWorkerd = ({
  flags = [],
  bindings = {},
}: { flags?: readonly string[]; bindings?: Record<string, string> } = {}) =>
  cloudflareTest({
    main: "./test/support/worker.ts",
    // Hides the runtime's lines about exceptions that a test expects. A failing test reports its own exception.
    verbose: false,
    miniflare: {
      compatibilityDate: compatibility_date!,
      compatibilityFlags: [...compatibility_flags, ...flags],
      durableObjects: {
        ACCOUNTS: { className: "Account", useSQLite: true },
        INBOXES: { className: "Inbox", useSQLite: true },
      },
      bindings: {
        WEBHOOK_SECRETS: "test=whsec_test_0123456789abcdef",
        WEBHOOK_LIVEMODE: "false",
        OPERATOR_TOKEN,
        PARTNER_API_KEYS: JSON.stringify([...API_KEYS, ...BLACK_BOX_ENTRIES]),
        PARTNER_JWT_ISSUER: ISSUER,
        PARTNER_JWT_AUDIENCE: AUDIENCE,
        PARTNER_JWKS: JSON.stringify({ keys: [{ ...issuer.publicJwk, kid: issuer.kid }] }),
        ...bindings,
      },
    },
  })

// The ending of a test's file says where it runs: in Node and in workerd unless it names one of them.
const everywhere = "test/**/*.test.ts"
const nodeOnly = "test/**/*.node.test.ts"
const workerdOnly = "test/**/*.workerd.test.ts"

// Each slow suite has its own command: `npm run test:fuzz`, `npm run test:e2e`.
const fuzz = "test/**/*.fuzz.test.ts"
const e2e = "test/e2e/**/*.test.ts"

/** Files of other packages, and temporary folders of tools. */
const foreign = ["**/node_modules/**", "**/.*/**"]

// Fills the storage of objects. Only an experimental flag lets a test say how many pages a database may have.
const exhaustion = "test/**/*.exhaustion.test.ts"
const SMALL_SHARDS = { flags: ["experimental"], bindings: { INBOX_MAX_SHARD_BYTES: "300000" } }

/**
 * Files share a process and its modules. So each file restores the globals that it changes, and uses object names of its own.
 * The limits only end a test that hangs: they are long enough for a loaded machine.
 */
const shared = { isolate: false, testTimeout: 30_000, hookTimeout: 60_000, provide: { vectors, issuer } }
const sharedInWorkerd = { ...shared, setupFiles: "./test/support/workerd-setup.ts" }

export default defineConfig({
  test: {
    reporters: [new QuietReporter(), ...jsonReport],
    // By default, Vitest uses one process fewer than there are cores.
    maxWorkers: 2,
    coverage: { provider: "v8", include: ["src/**/*.ts"], reporter: ["text", "json-summary"] },
    projects: [
      {
        test: {
          name: "node",
          include: [everywhere],
          exclude: [...foreign, workerdOnly, exhaustion, fuzz, e2e],
          ...shared,
        },
      },
      {
        plugins: [inWorkerd()],
        test: {
          name: "workerd",
          include: [everywhere],
          exclude: [...foreign, nodeOnly, exhaustion, fuzz, e2e],
          ...sharedInWorkerd,
        },
      },
      { plugins: [inWorkerd(SMALL_SHARDS)], test: { name: "exhaustion", include: [exhaustion], ...sharedInWorkerd } },
      { test: { name: "fuzz", include: [fuzz], ...shared } },
      { plugins: [inWorkerd()], test: { name: "fuzz-workerd", include: [fuzz], ...sharedInWorkerd } },
      // Each file starts processes. They run one file at a time, so that they do not slow each other.
      { test: { name: "e2e", include: [e2e], fileParallelism: false, testTimeout: 60_000, hookTimeout: 120_000 } },
    ],
  },
})
