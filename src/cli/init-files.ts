import { COMPATIBILITY } from "./project.ts"

/** The versions that the package is tested with; they are exact in the new project. */
export interface Versions {
  readonly hono: string
  readonly node: string
  readonly typescript: string
  readonly wrangler: string
  readonly "@cloudflare/workers-types": string
  readonly "@types/node": string
}

/** Makes the files of a new Worker project. @param tarball The file of the package, in the project's folder. */
export const createProject = (name: string, tarball: string, versions: Versions): Readonly<Record<string, string>> => ({
  "package.json": toPackage(name, tarball, versions),
  "wrangler.toml": toWrangler(name),
  "tsconfig.json": TSCONFIG,
  "src/main.ts": MAIN,
  "src/handlers.ts": HANDLERS,
  "test/worker.test.ts": TEST,
  ".gitignore": "node_modules\n.wrangler\n.dev.vars\n",
})

// Exact versions: on Node 20 npm would choose an older wrangler, which does not know the compatibility date. The package
// `node` brings Node 24 for the npm scripts. `allowScripts` lets npm 11 run the installations that fetch a binary.
function toPackage(name: string, tarball: string, { hono, ...development }: Versions): string {
  const project = {
    name,
    private: true,
    type: "module",
    scripts: {
      dev: "wrangler dev",
      deploy: "wrangler deploy",
      test: "node --test",
      types: "tsc",
      send: "countersign send",
      inbox: "countersign inbox",
    },
    dependencies: { countersign: `file:${tarball}`, hono },
    devDependencies: development,
    allowScripts: { esbuild: true, node: true, workerd: true },
  }
  return `${JSON.stringify(project, undefined, 2)}\n`
}

const toWrangler = (name: string): string => `name = "${name}"
main = "src/main.ts"
send_metrics = false
compatibility_date = "${COMPATIBILITY.date}"
compatibility_flags = [${COMPATIBILITY.flags.map((flag) => `"${flag}"`).join(", ")}]

# Wakes shards of the inbox whose alarm was lost.
[triggers]
crons = ["*/15 * * * *"]

[[durable_objects.bindings]]
name = "INBOXES"
class_name = "Inbox"

[[durable_objects.bindings]]
name = "ACCOUNTS"
class_name = "Account"

# A tag is never edited once it is deployed.
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Inbox", "Account"]

# Secrets never stand here: .dev.vars on this machine, npx wrangler secret put when deployed.
[vars]
`

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2023",
    "lib": ["es2023"],
    "module": "es2022",
    "moduleResolution": "bundler",
    "types": ["@cloudflare/workers-types", "node"],
    "strict": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["src", "test"]
}
`

const MAIN = `import { createReceiver } from "countersign/worker"
import { handlers } from "./handlers"

// The objects that store: the platform finds them by these names.
export { Account, Inbox } from "countersign/worker"

const receiver = createReceiver(handlers)

export const HandlerRuns = receiver.HandlerRuns

export default { fetch: receiver.fetch, scheduled: receiver.scheduled }
`

const HANDLERS = `import { defineHandlers, type WorkerBindings } from "countersign/worker"

/** The Worker's bindings. Add your own as they are named in wrangler.toml. */
export interface Env extends WorkerBindings {}

// A key is an event type, a family as "payment.*", or "*". A handler runs after the event was stored and acknowledged. If it
// throws, it runs again later: be idempotent with \`event.id\`, and await everything that you start.
export const handlers = defineHandlers<Env>({
  "decision.completed": (event, { log }) => {
    const { id, outcome } = event.data.object
    log("decision completed", { decision: id, outcome })
  },

  "payment.*": (event, { log }) => {
    log("money moved", { payment: event.data.object["id"] })
  },
})
`

const TEST = `// Runs the Worker in the runtime of Cloudflare, on this machine, with secrets and storage of its own.

import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { setTimeout as wait } from "node:timers/promises"
import { faults, sampleEvent, signedRequest } from "countersign/testing"
import { createTestHarness } from "wrangler"

// Nothing is fetched from outside.
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false"

const secret = "whsec_test_0123456789abcdef"
const token = "operator_of_the_tests_0123456789abcdef"
const url = "http://localhost/webhooks/credicorp"

const server = createTestHarness({
  workers: [
    {
      configPath: "./wrangler.toml",
      secrets: { WEBHOOK_SECRETS: secret, OPERATOR_TOKEN: token, WEBHOOK_LIVEMODE: "false" },
    },
  ],
})

before(async () => void (await server.listen()))
after(async () => await server.close())

const send = async (request: Request): Promise<number> => {
  const { status } = await server.fetch(new URL(request.url).pathname, {
    method: request.method,
    headers: [...request.headers],
    body: await request.text(),
  })
  return status
}

interface Shown {
  readonly status: string
  readonly runs: readonly { readonly handler: string; readonly status: string }[]
}

test("a payment is acknowledged, and its handler runs", async () => {
  const event = sampleEvent("payment.settled")
  assert.equal(await send(signedRequest(event, { secrets: [secret], url })), 200)
  let shown: Shown | undefined
  for (let look = 0; look < 100 && shown?.status !== "done"; look++) {
    await wait(100)
    const headers = { Authorization: \`Bearer \${token}\` }
    shown = (await (await server.fetch(\`/inbox/events/credicorp/\${event.id}\`, { headers })).json()) as Shown
  }
  assert.deepEqual(
    shown?.runs.map(({ handler, status }) => [handler, status]),
    [["payment.*", "done"]],
  )
})

test("a changed body is refused", async () => {
  assert.equal(await send(faults.tampered(sampleEvent("payment.settled"), { secrets: [secret], url })), 400)
})
`
