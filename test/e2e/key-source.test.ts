// Catches a request to the issuer that the platform drops when the caller that began it hangs up: a stranger who does that
// every 30 s would keep the keys from everybody.

import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import { connect, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { eventually } from "../support/eventually.ts"
import { bundleWorker, startWorkerd } from "../../tools/workerd.ts"
import { findFreePort } from "../support/free-port.ts"
import { AUDIENCE, createIssuer, ISSUER } from "../support/issuer.ts"

const PATH = "/partner/v1/webhook_endpoints"

it("a caller that hangs up takes the issuer's keys from nobody", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-"))
  const issuer = await createIssuer("of-this-run")
  let asked = 0
  // Slow, so that the caller is gone before it answers.
  const keys = createServer((_, response) => {
    asked += 1
    setTimeout(() => response.end(issuer.keySet), 1_000)
  }).listen(0, "127.0.0.1")
  await once(keys, "listening")
  const port = await findFreePort()
  const worker = await startWorkerd({
    script: bundleWorker("test/support/worker.ts", join(folder, "bundle")),
    folder,
    port,
    objects: { ACCOUNTS: "Account", INBOXES: "Inbox" },
    vars: {
      PARTNER_JWT_ISSUER: ISSUER,
      PARTNER_JWT_AUDIENCE: AUDIENCE,
      PARTNER_JWKS: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/keys`,
    },
  })
  try {
    const token = await issuer.token({ exp: Math.floor(Date.now() / 1000) + 600 })
    const socket = connect(port, "127.0.0.1")
    await once(socket, "connect")
    socket.write(`GET ${PATH} HTTP/1.1\r\nHost: worker\r\nAuthorization: Bearer ${token}\r\n\r\n`)
    await eventually(() => expect(asked).toBe(1))
    socket.resetAndDestroy()
    const response = await fetch(`${worker.url}${PATH}`, { headers: { Authorization: `Bearer ${token}` } })
    expect([response.status, asked]).toEqual([200, 1])
  } finally {
    await worker.kill()
    keys.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
