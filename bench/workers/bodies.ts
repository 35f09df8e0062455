// Ways to read a body, and nothing else.

import { isolateBodies } from "../../src/http/body-budget.ts"
import { readBody } from "../../src/http/read-body.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { SECRET } from "../fixture-secret.ts"

const CAP_BYTES = 1_048_576
const verifier = createVerifier({ secrets: [SECRET] })

const ways: Readonly<Record<string, (request: Request) => Promise<number>>> = {
  "/array-buffer": async (request) => (await request.arrayBuffer()).byteLength,
  // As the Worker reads one: bounded in size, in time and, over all requests, in memory.
  "/bounded": async (request) => {
    const charge = isolateBodies.open()
    const body = await readBody(request, CAP_BYTES, charge)
    charge.end()
    return body.ok ? body.value.length : -1
  },
  // The least work for counting: one read into a buffer that is known to fit.
  "/counted": async (request) => {
    const bytes = Number(request.headers.get("x-bytes"))
    const reader = request.body!.getReader({ mode: "byob" })
    return (await reader.readAtLeast(bytes, new Uint8Array(bytes))).value?.length ?? 0
  },
  // The header is malformed: the body stays unread.
  "/refused": async (request) => ((await verifier.checkRequest(request)).ok ? 1 : 0),
}

export default {
  async fetch(request: Request): Promise<Response> {
    const way = ways[new URL(request.url).pathname]
    return new Response(String(way ? await way(request) : "ready"))
  },
}
