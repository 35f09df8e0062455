// Ways to take a body in, and nothing else.

import { readBody } from "../../src/core/read-body.ts"
import { createVerifier } from "../../src/verifier.ts"
import { SECRET } from "../fixture-secret.ts"

const CAP_BYTES = 1_048_576
const verifier = createVerifier({ secrets: [SECRET] })

const ways: Readonly<Record<string, (request: Request) => Promise<number>>> = {
  "/array-buffer": async (request) => (await request.arrayBuffer()).byteLength,
  "/bounded": async (request) => (await readBody(request, CAP_BYTES))!.length,
  // The header is malformed: the body stays unread.
  "/refused": async (request) => ((await verifier.checkRequest(request)).ok ? 1 : 0),
}

export default {
  async fetch(request: Request): Promise<Response> {
    const way = ways[new URL(request.url).pathname]
    return new Response(String(way ? await way(request) : "ready"))
  },
}
