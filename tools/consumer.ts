// npm run check:consumer: installs the packed package into an empty project, and uses every entry there from plain JavaScript
// and from strict TypeScript. Catches a missing export, type or dependency.

import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { installPacked } from "./install-packed.ts"

const JAVASCRIPT = `
import { createVerifier, signWebhook, verifyWebhook, WebhookError } from "countersign"
import { checkEndpointUrl } from "countersign/endpoints"
import { webhook } from "countersign/hono"
import { conformance, sampleEvent, signedRequest } from "countersign/testing"
import { Hono } from "hono"

const secrets = ["whsec_consumer_01"]
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
const answer = await app.request(signedRequest(body, { secrets, url: "http://localhost/" }))
if ((await answer.text()) !== "evt_1") throw new Error("webhook")
const broken = (await conformance((request) => app.request(request), { secrets, url: "http://localhost/" })).filter(({ ok }) => !ok)
if (broken.some(({ spec }) => spec !== "3.2")) throw new Error(JSON.stringify(broken))
`

/** Checks every declaration of the package, too. */
const TYPESCRIPT = `
import { checkSignature, createVerifier, credicorp, parseSecrets, type VerifyOptions, type WebhookEvent } from "countersign"
import { checkEndpointUrl } from "countersign/endpoints"
import { conformance, sampleEvent, type CaseResult } from "countersign/testing"

declare module "countersign" {
  interface EventPayloads {
    "card.blocked": { id: string; reason: "lost" | "stolen" }
  }
}

const verifier = createVerifier({ secrets: ["whsec_consumer_01"] })
const event = verifier.verify(new Uint8Array(), new Headers())
if (event.type === "card.blocked") event.data.object.reason satisfies "lost" | "stolen"
if (event.type === "decision.completed") event.data.object.amount satisfies number
event satisfies WebhookEvent<string, unknown>
sampleEvent("decision.completed").data.object.amount satisfies number
sampleEvent("card.blocked").data.object.reason satisfies "lost" | "stolen"
const url = checkEndpointUrl("https://example.com/")
if (url.ok) url.value satisfies string
export const cases: readonly CaseResult[] = await conformance(fetch, { secrets: ["whsec_consumer_01"] })

// With declarations, the type of each of these needs a name that the package exports.
export const secrets = parseSecrets("whsec_consumer_01")
const signature = checkSignature("", {}, { secrets })
export const proven = signature.ok ? signature : undefined
export const refused = signature.ok ? undefined : signature
export const provider = { ...credicorp }
export const providerOf = (options: VerifyOptions) => options.provider
`

/** The bytes of a result fit the DOM's types for bytes. A Uint8Array over any buffer would not. */
const WITH_DOM = `
import { createVerifier } from "countersign"

const verifier = createVerifier({ secrets: ["whsec_consumer_01"] })
const result = await verifier.checkRequest(new Request("https://a.example/"))
if (result.ok) {
  await crypto.subtle.digest("SHA-256", result.body)
  await fetch("https://b.example/", { method: "POST", body: result.body })
  new Blob([result.body])
  new Response(result.body)
  result.body satisfies Uint8Array<ArrayBuffer>
}
const checked = verifier.checkSignature(new Uint8Array(), new Headers())
if (checked.ok) await crypto.subtle.digest("SHA-256", checked.body)
`

/** hono's declarations need types that this project does not have, so they are not checked. */
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
    // As `tsc --init` sets it: every exported type must have a name that the package exports.
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
  write("with-dom.ts", WITH_DOM)
  write("with-hono.ts", WITH_HONO)
  write("tsconfig.json", JSON.stringify(toConfig("strict.ts", {})))
  write("tsconfig.dom.json", JSON.stringify(toConfig("with-dom.ts", {})))
  // With the types of Node only, as on a server.
  write("tsconfig.node.json", JSON.stringify(toConfig("strict.ts", { lib: [], types: ["node"] })))
  write("tsconfig.hono.json", JSON.stringify(toConfig("with-hono.ts", { skipLibCheck: true })))
  execFileSync(process.execPath, ["plain.js"], { cwd: folder, stdio: "inherit" })
  for (const config of ["tsconfig.json", "tsconfig.dom.json", "tsconfig.node.json", "tsconfig.hono.json"]) {
    execFileSync("tsc", ["-p", config], { cwd: folder, stdio: "inherit" })
  }
  console.log(
    `The packed package works from plain JavaScript (Node ${process.versions.node}) and from strict TypeScript.`,
  )
} finally {
  remove()
}
