// npm run consumer: packs what npm run build made, unpacks it into an empty project beside what it depends on, and uses
// it there from plain JavaScript and from strict TypeScript. Catches an export, a type or a dependency that is not there.

import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const ROOT = join(import.meta.dirname, "..")
const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}

const JAVASCRIPT = `
import { createVerifier, signWebhook, verifyWebhook, WebhookError } from "countersign"
import { checkEndpointUrl } from "countersign/endpoints"
import { webhook } from "countersign/hono"
import { Hono } from "hono"

const secrets = ["whsec_consumer"]
const event = { id: "evt_1", type: "payment.settled", created: "2026-01-01T00:00:00Z", livemode: false, api_version: "1", data: { object: {} } }
const body = JSON.stringify(event)
const headers = { ...signWebhook(body, { secrets }), "Content-Type": "application/json" }
if (verifyWebhook(body, headers, { secrets }).id !== "evt_1") throw new Error("verifyWebhook")
if (createVerifier({ secrets }).check(body + " ", headers).error?.constructor !== WebhookError) throw new Error("check")
if (!checkEndpointUrl("https://example.com/").ok || checkEndpointUrl("https://10.0.0.1/").ok) throw new Error("checkEndpointUrl")
const app = new Hono().post("/", webhook({ secrets }), (c) => c.text(c.var.webhook.id))
const answer = await app.request("/", { method: "POST", body, headers })
if ((await answer.text()) !== "evt_1") throw new Error("webhook")
`

const TYPESCRIPT = `
import { createVerifier, type WebhookEvent } from "countersign"
import { webhook } from "countersign/hono"
import { Hono } from "hono"

declare module "countersign" {
  interface EventPayloads {
    "card.blocked": { id: string; reason: "lost" | "stolen" }
  }
}

const verifier = createVerifier({ secrets: ["whsec_consumer"] })
const event = verifier.verify(new Uint8Array(), new Headers())
if (event.type === "card.blocked") event.data.object.reason satisfies "lost" | "stolen"
if (event.type === "decision.completed") event.data.object.amount satisfies number
event satisfies WebhookEvent<string, unknown>
new Hono<{ Bindings: { S: string } }>().post("/", webhook({ secrets: (c) => c.env.S }), (c) => c.text(c.var.webhook.id))
`

const TSCONFIG = {
  compilerOptions: {
    target: "es2022",
    lib: ["es2023", "dom", "dom.iterable"],
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: [],
    // hono's own types ask for more than this project has; ours must hold without that.
    skipLibCheck: true,
  },
  include: ["*.ts"],
}

const folder = mkdtempSync(join(tmpdir(), "countersign-"))
try {
  const [tarball] = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: ROOT,
    encoding: "utf8",
  })
    .trim()
    .split("\n")
  const home = join(folder, "node_modules", "countersign")
  mkdirSync(home, { recursive: true })
  execFileSync("tar", ["-xzf", join(folder, tarball!), "--strip-components=1", "-C", home])
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
    mkdirSync(join(folder, "node_modules", name, ".."), { recursive: true })
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name))
  }
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`)
  writeFileSync(join(folder, "plain.js"), JAVASCRIPT)
  writeFileSync(join(folder, "strict.ts"), TYPESCRIPT)
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG))
  execFileSync(process.execPath, ["plain.js"], { cwd: folder, stdio: "inherit" })
  execFileSync("tsc", ["-p", "."], { cwd: folder, stdio: "inherit" })
  console.log(
    `The packed package works from plain JavaScript (Node ${process.versions.node}) and from strict TypeScript.`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
