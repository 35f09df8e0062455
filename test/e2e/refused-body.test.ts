// Catches an answer that is lost with its connection: a client that is still writing sees ECONNRESET or EPIPE instead.

import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { bundleWorker, startWorkerd, type Workerd } from "../../tools/workerd.ts"
import { API_KEYS } from "../support/api-keys.ts"
import { SECRET } from "../support/delivery.ts"
import { findFreePort } from "../support/free-port.ts"

const folder = mkdtempSync(join(tmpdir(), "refused-body-"))
let worker: Workerd

beforeAll(async () => {
  worker = await startWorkerd({
    script: bundleWorker("test/support/worker.ts", folder),
    folder,
    port: await findFreePort(),
    vars: { WEBHOOK_SECRETS: SECRET, PARTNER_API_KEYS: JSON.stringify(API_KEYS) },
    objects: { ACCOUNTS: "Account", INBOXES: "Inbox" },
    onLine: () => {},
  })
})
afterAll(async () => {
  await worker.kill()
  rmSync(folder, { recursive: true, force: true })
})

const MB = 1_000_000
const signed = `Credicorp-Signature: t=1790000000,v1=${"0".repeat(64)}`

/** Writes the whole request, however long it takes, and only then reads. Returns status and code. */
async function send(path: string, headers: readonly string[], bytes: number, isChunked: boolean): Promise<string> {
  const { hostname, port } = new URL(worker.url)
  const socket = connect(Number(port), hostname)
  const failed = once(socket, "error").then(([error]) => Promise.reject(error as Error))
  failed.catch(() => {})
  const write = async (data: Buffer | string): Promise<void> => {
    if (!socket.write(data)) await Promise.race([once(socket, "drain"), failed])
  }
  socket.pause()
  const length = isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${bytes}`
  await write([`POST ${path} HTTP/1.1`, "Host: localhost", length, ...headers, "", ""].join("\r\n"))
  for (let left = bytes; left > 0; left -= 16_384) {
    const chunk = Buffer.alloc(Math.min(left, 16_384), "x")
    if (isChunked) await write(`${chunk.length.toString(16)}\r\n`)
    await write(chunk)
    if (isChunked) await write("\r\n")
  }
  if (isChunked) await write("0\r\n\r\n")
  let answer = ""
  socket.on("data", (data) => (answer += data.toString("latin1")))
  socket.resume()
  while (!answer.includes("request_id")) await Promise.race([once(socket, "data"), failed])
  socket.destroy()
  return `${/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]} ${/"code":"(\w+)"/.exec(answer)?.[1]}`
}

const json = "Content-Type: application/json"
const webhooks = "/webhooks/credicorp"

const cases = [
  {
    why: "too large, 20 MB",
    path: webhooks,
    headers: [json, signed],
    bytes: 20 * MB,
    want: "422 request_body_too_large",
  },
  {
    why: "too large by a byte",
    path: webhooks,
    headers: [json, signed],
    bytes: 1_048_577,
    want: "422 request_body_too_large",
  },
  {
    why: "signature malformed",
    path: webhooks,
    headers: [json, "Credicorp-Signature: v1"],
    bytes: 5 * MB,
    want: "400 webhook_signature_invalid",
  },
  { why: "no signature", path: webhooks, headers: [json], bytes: 5 * MB, want: "400 webhook_signature_missing" },
  {
    why: "another type",
    path: webhooks,
    headers: ["Content-Type: text/plain"],
    bytes: 5 * MB,
    want: "415 unsupported_media_type",
  },
  { why: "no such route", path: "/nothing", headers: [json], bytes: 5 * MB, want: "404 route_not_found" },
  { why: "another method", path: "/healthz", headers: [json], bytes: 5 * MB, want: "405 method_not_allowed" },
  {
    why: "no credential",
    path: "/partner/v1/webhook_endpoints",
    headers: [json],
    bytes: 5 * MB,
    want: "401 missing_api_key",
  },
]

it.each(
  cases.flatMap((row) => [
    { ...row, isChunked: false },
    { ...row, isChunked: true },
  ]),
)("$why, chunked: $isChunked → $want", async ({ path, headers, bytes, isChunked, want }) => {
  expect(await send(path, headers, bytes, isChunked)).toBe(want)
})
