// npm run consumer: installs the packed package into an empty project, and uses every entry there from plain JavaScript
// and from strict TypeScript. Catches an export, a type or a dependency that is not there.

import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { installPacked } from "./install-packed.ts"

const JAVASCRIPT = `
import { createVerifier, signWebhook, verifyWebhook, WebhookError, checkSignature, credicorp, parseSecrets, type VerifyOptions, type WebhookEvent } from "countersign"
import { conformance, sampleEvent, signedRequest, type CaseResult } from "countersign/testing"

const secret = "whsec_consumer"
const secrets = [secret]
const body = JSON.stringify({ ...sampleEvent("payment.settled"), id: "evt_1" })
const headers = { ...signWebhook(body, { secrets }), "Content-Type": "application/json" }
if (verifyWebhook(body, headers, { secrets }).id !== "evt_1") throw new Error("verifyWebhook")
if (createVerifier({ secrets }).check(body + " ", headers).error?.code !== "webhook_signature_invalid") throw new Error("check")
try {
  verifyWebhook(body + " ", headers, { secrets })
  throw new Error("verifyWebhook")
} catch (error) {
  if (!(error instanceof WebhookError)) throw error
}
if (!checkEndpointUrl("https://example.com/").ok || checkEndpointUrl("https://10.0.0.1/").ok) throw new Error("checkEndpointUrl")
const app = new Hono().post("/", webhook({ secrets }), (c) => c.text(c.var.webhook.id))
const answer = await app.request(signedRequest(body, { secret, url: "http://localhost/" }))
if ((await answer.text()) !== "evt_1") throw new Error("webhook")
const broken = (await conformance((request) => app.request(request), { secret, url: "http://localhost/" })).filter(({ ok }) => !ok)
if (broken.some(({ spec }) => spec !== "3.2")) throw new Error(JSON.stringify(broken))
`

/** With every declaration of the package checked, too. */
const TYPESCRIPT = `
import { checkEndpointUrl } from "countersign/endpoints"

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
sampleEvent("decision.completed").data.object.amount satisfies number
sampleEvent("card.blocked").data.object.reason satisfies "lost" | "stolen"
const url = checkEndpointUrl("https://example.com/")
if (url.ok) url.value satisfies string
export const cases: readonly CaseResult[] = await conformance(fetch, { secret: "whsec_consumer" })

// With declarations, the type of each of these needs a name that the package exports.
export const secrets = parseSecrets("whsec_consumer")
const signature = checkSignature("", {}, { secrets })
export const proven = signature.ok ? signature : undefined
export const refused = signature.ok ? undefined : signature
export const provider = { ...credicorp }
export const providerOf = (options: VerifyOptions) => options.provider
`

/** hono's own declarations ask for more than this project has, so they are not checked. */
const WITH_HONO = `
import { webhook } from "countersign/hono"
import { Hono } from "hono"

export default new Hono<{ Bindings: { S: string } }>().post("/", webhook({ secrets: (c) => c.env.S }), (c) => {
  const { type, data } = c.var.webhook
  return c.json({ type, data })
})
`

const toConfig = (
  file: string,
  { skipLibCheck = false, lib = ["dom", "dom.iterable"], types = [] as string[] },
): object => ({
  compilerOptions: {
    target: "es2022",
    lib: ["es2023", ...lib],
    module: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    // As `tsc --init` has it: what is exported must have a name that the package exports.
    declaration: true,
    types,
    skipLibCheck,
  },
  files: [file],
})

const { folder, remove } = installPacked(["hono", "@types/node"])
try {
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  write("plain.js", JAVASCRIPT)
  write("strict.ts", TYPESCRIPT)
  write("with-hono.ts", WITH_HONO)
  write("tsconfig.json", JSON.stringify(toConfig("strict.ts", {})))
  // With the types of Node and no others, as on a server.
  write("tsconfig.node.json", JSON.stringify(toConfig("strict.ts", { lib: [], types: ["node"] })))
  write("tsconfig.hono.json", JSON.stringify(toConfig("with-hono.ts", { skipLibCheck: true })))
  execFileSync(process.execPath, ["plain.js"], { cwd: folder, stdio: "inherit" })
  for (const config of ["tsconfig.json", "tsconfig.node.json", "tsconfig.hono.json"]) {
    execFileSync("tsc", ["-p", config], { cwd: folder, stdio: "inherit" })
  }
  console.log(
    `The packed package works from plain JavaScript (Node ${process.versions.node}) and from strict TypeScript.`,
  )
} finally {
  remove()
}
