// The cost of a Worker before its first answer: its size, and the start of an isolate.

import { cpuOf } from "./cpu.ts"
import { SECRET } from "./fixture-secret.ts"
import { fire } from "./load.ts"
import { measure, type Plan, type Samples, type Timed } from "./measure.ts"
import { createShot } from "./servers.ts"
import { gzippedBytes } from "../tools/gzipped.ts"
import { COMPATIBILITY_DATE } from "../tools/workerd.ts"
import { bundle, serve } from "./workerd.ts"

/** Worker or library → bytes, minified and gzipped. */
export type Sizes = Readonly<Record<string, number>>

const LIBRARIES: Readonly<Record<string, string>> = {
  "countersign: createVerifier and verifyWebhook": 'export { createVerifier, verifyWebhook } from "../../src/index.ts"',
  "SHA-256 of @noble/hashes, which is in it": 'export { _SHA256 } from "@noble/hashes/sha2.js"',
  standardwebhooks: 'export { Webhook } from "standardwebhooks"',
  "octokit, its build for Workers": 'export { verify } from "@octokit/webhooks-methods"',
  svix: 'export { Webhook } from "svix"',
  stripe: 'export { default } from "stripe"',
  tern: 'export { WebhookVerificationService } from "@hookflo/tern"',
}

export const WORKERS = ["bare", "bare-crypto", "receiver-alone", "middleware", "standardwebhooks", "stripe", "tern"]

export async function measureSizes(): Promise<{ libraries: Sizes; workers: Sizes }> {
  const libraries: Record<string, number> = {}
  for (const [name, code] of Object.entries(LIBRARIES)) libraries[name] = gzippedBytes(await bundle({ code }, true))
  const workers: Record<string, number> = {}
  for (const name of WORKERS) workers[name] = gzippedBytes(await bundle(`${name}.ts`, true))
  return { libraries, workers }
}

/** CPU time from a request without a running isolate to its answer. Each run starts a new isolate. */
export async function measureStarts(plan: Plan): Promise<Samples> {
  const bindings: Record<string, string> = { WEBHOOK_SECRETS: SECRET, COMPATIBILITY_DATE }
  for (const name of WORKERS) bindings[`code-${name}`] = await bundle(`${name}.ts`, true)
  const { pid, urls, stop } = await serve([{ name: "loader", code: await bundle("loader.ts"), bindings, loader: true }])
  try {
    const shot = createShot(1_024)
    const timed = WORKERS.map((id): Timed => {
      const batch: Timed["batch"] = async (times) => {
        const before = cpuOf(pid)
        for (let i = 0; i < times; i++) await fire(urls["loader"]!, { ...shot, path: `${shot.path}?name=${id}` }, 1)
        return cpuOf(pid) - before
      }
      return { id, batch }
    })
    return await measure(timed, plan)
  } finally {
    await stop()
  }
}
