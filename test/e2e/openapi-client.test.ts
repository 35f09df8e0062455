// Catches a document that a generator of clients cannot use: its client is generated, compiled, and works with endpoints.

import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { startWorker, type Running } from "./openapi-requests.ts"

const ROOT = join(import.meta.dirname, "..", "..")
const BIN = join(ROOT, "node_modules", ".bin")
// Within the project, where its imports are found.
const FOLDER = join(import.meta.dirname, ".generated")
const CLIENT = join(FOLDER, "client.ts")

interface Answer {
  readonly status: number
  readonly data: Readonly<Record<string, unknown>>
}
type Call = (...args: readonly unknown[]) => Promise<Answer>
interface Client {
  readonly defaults: { baseUrl: string; headers: Record<string, string> }
  readonly createEndpoint: Call
  readonly listEndpoints: Call
  readonly rotateSecret: Call
  readonly deleteEndpoint: Call
  readonly showEndpoint: Call
}

let worker: Running
beforeAll(async () => {
  worker = await startWorker()
  mkdirSync(FOLDER, { recursive: true })
  execFileSync(process.execPath, [join(BIN, "oazapfts"), join(ROOT, "docs", "openapi.json"), CLIENT])
}, 60_000)
afterAll(async () => {
  await worker.stop()
  rmSync(FOLDER, { recursive: true, force: true })
})

it("compiles", () => {
  const options = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2023",
    "--module",
    "nodenext",
  ]
  execFileSync(join(BIN, "tsc"), [...options, "--lib", "es2023,dom,dom.iterable", CLIENT], { stdio: "pipe" })
}, 60_000)

it("creates, rotates and deletes an endpoint", async () => {
  const client = (await import(CLIENT)) as Client
  client.defaults.baseUrl = worker.url
  client.defaults.headers = { Authorization: `Bearer ${await worker.token()}` }

  const fields = { url: "https://example.com/hooks", enabled_events: ["payment.*"] }
  const created = await client.createEndpoint(fields, { idempotencyKey: "once" })
  expect([created.status, created.data]).toEqual([201, expect.objectContaining(fields)])
  const { id, secret } = created.data
  expect((await client.createEndpoint(fields, { idempotencyKey: "once" })).data).toEqual(created.data)

  const rotated = await client.rotateSecret(id, { overlap_seconds: 0 })
  expect([rotated.status, rotated.data["id"]]).toEqual([200, id])
  expect(rotated.data["secret"]).not.toBe(secret)

  const list = await client.listEndpoints({ limit: 5 })
  expect(list.data).toEqual({ data: [expect.objectContaining({ id })], next_cursor: null })

  expect((await client.deleteEndpoint(id)).status).toBe(204)
  const gone = await client.showEndpoint(id)
  expect([gone.status, gone.data]).toEqual([404, { error: expect.objectContaining({ code: "resource_not_found" }) }])
})
