// A Hono route with a minimal verifier: one native HMAC over time and body, one comparison, one parse.

import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto"
import { SECRET } from "../fixture-secret.ts"
import { createRouteApp } from "./peer-app.ts"

const key = createSecretKey(new TextEncoder().encode(SECRET))
const decoder = new TextDecoder()

export default createRouteApp(async (request) => {
  const header = request.header("credicorp-signature")!
  const body = new Uint8Array(await request.arrayBuffer())
  const mac = createHmac("sha256", key).update(header.slice(2, 12)).update(".").update(body).digest()
  if (!timingSafeEqual(mac, Buffer.from(header.slice(16), "hex"))) throw new Error("forged")
  return JSON.parse(decoder.decode(body)) as unknown
})
