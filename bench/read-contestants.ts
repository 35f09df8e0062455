import { readBody } from "../src/http/read-body.ts"
import type { Contestant } from "./contestants.ts"

export const READ_SIZES = [65_536, 1_048_576] as const

const CHUNK_BYTES = 16_384

/** Reading a body with and without a bound: one that was announced (`sized`), and one that was not (`chunked`). */
export function createReadGroup(bytes: number): readonly Contestant[] {
  const body = new Uint8Array(bytes)
  const chunks = Array.from({ length: bytes / CHUNK_BYTES }, (_, i) =>
    body.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  )
  const requests: Readonly<Record<string, () => Request>> = {
    sized: () => toRequest(body, { "Content-Length": String(bytes) }),
    chunked: () => toRequest(streamOf(chunks), {}),
  }
  return Object.entries(requests).flatMap(([kind, create]) => [
    {
      id: `array-buffer/${kind}`,
      wants: true,
      run: async () => (await create().arrayBuffer()).byteLength === bytes,
    },
    // The least work for counting: every chunk goes into a buffer that is known to fit.
    { id: `counted/${kind}`, wants: true, run: async () => (await count(create(), bytes)) === bytes },
    { id: `bounded/${kind}`, wants: true, run: async () => (await lengthOf(create(), bytes)) === bytes },
  ])
}

async function lengthOf(request: Request, bytes: number): Promise<number> {
  const body = await readBody(request, bytes)
  return body.ok ? body.value.length : -1
}

async function count(request: Request, bytes: number): Promise<number> {
  const buffer = new Uint8Array(bytes)
  let length = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    buffer.set(chunk, length)
    length += chunk.length
  }
  return length
}

const streamOf = (chunks: readonly Uint8Array[]): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })

const toRequest = (body: unknown, headers: Record<string, string>): Request =>
  // Node asks for `duplex` where a body is a stream.
  new Request("https://receiver.example/", {
    method: "POST",
    body: body as BodyInit,
    headers,
    ...({ duplex: "half" } as object),
  })
