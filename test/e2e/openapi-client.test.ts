// Catches a document that a generator of clients cannot use: its client is generated, compiled, and works with endpoints.

import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { createDocument } from "../../src/app/reference/openapi.ts"
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
  readonly endpointsCreate: Call
  readonly endpointsList: Call
  readonly endpointsRotate: Call
  readonly endpointsDelete: Call
  readonly endpointsShow: Call
}

let worker: Running
beforeAll(async () => {
  worker = await startWorker()
  mkdirSync(FOLDER, { recursive: true })
  const document = join(FOLDER, "openapi.json")
  writeFileSync(document, JSON.stringify(createDocument()))
  execFileSync(process.execPath, [join(BIN, "oazapfts"), document, CLIENT])
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
  const created = await client.endpointsCreate(fields, { idempotencyKey: "once" })
  expect([created.status, created.data]).toEqual([201, expect.objectContaining(fields)])
  const { id, secret } = created.data
  expect((await client.endpointsCreate(fields, { idempotencyKey: "once" })).data).toEqual(created.data)

  const rotated = await client.endpointsRotate(id, { overlap_seconds: 0 })
  expect([rotated.status, rotated.data["id"]]).toEqual([200, id])
  expect(rotated.data["secret"]).not.toBe(secret)

  const list = await client.endpointsList({ limit: 5 })
  expect(list.data).toEqual({ data: [expect.objectContaining({ id })], next_cursor: null })

  expect((await client.endpointsDelete(id)).status).toBe(204)
  const gone = await client.endpointsShow(id)
  expect([gone.status, gone.data]).toEqual([404, { error: expect.objectContaining({ code: "resource_not_found" }) }])
})
