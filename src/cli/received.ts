import { mkdir, readFile, writeFile } from "node:fs/promises"
import { request as requestHttp, type IncomingMessage } from "node:http"
import { request as requestHttps } from "node:https"
import { join, resolve } from "node:path"
import { buffer } from "node:stream/consumers"
import { parseHeaders } from "./delivery.ts"
import { NoAnswer, UsageError, type Io } from "./io.ts"
import { isThisMachine } from "./server.ts"

/** Longer than any sender waits, so that a debugger may stop the receiver for a while. */
const FORWARD_TIMEOUT_MS = 60_000

/** A request as it arrived: every header line, and every byte of the body. */
export interface Received {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array<ArrayBuffer>
}

/** The answer of a receiver to a delivery that was passed on. */
export interface Forwarded {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array
}

/** Belong to one connection (RFC 9110, 7.6.1), or are made anew for a body that is sent in one piece. */
const OF_CONNECTION = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "content-length",
])

const withoutConnection = (headers: Received["headers"]): (readonly [string, string])[] =>
  headers.filter(([name]) => !OF_CONNECTION.has(name.toLowerCase()))

const toPairs = (raw: readonly string[]): (readonly [string, string])[] =>
  Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i]!, raw[2 * i + 1]!])

/** Reads a request. */
export async function receive(incoming: IncomingMessage, maxBytes: number): Promise<Received | "too_large"> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length <= maxBytes) chunks.push(chunk)
  }
  if (length > maxBytes) return "too_large"
  const { method = "POST", url: path = "/", rawHeaders } = incoming
  return { method, path, headers: toPairs(rawHeaders), body: Uint8Array.from(Buffer.concat(chunks)) }
}

/** Joins the query of a delivery to the URL that it is passed on to. */
export function toForwardUrl(target: URL, { path }: Received): URL {
  const url = new URL(target)
  const at = path.indexOf("?")
  const query = at < 0 ? "" : path.slice(at + 1)
  url.search = [url.search.slice(1), query].filter(Boolean).join("&")
  return url
}

/**
 * Passes a delivery on: the same bytes, and the same header lines except those of a connection. `Host` stays as it was where
 * the target is on this machine, because some providers sign it.
 *
 * @throws {NoAnswer} The target is down, or takes over a minute.
 */
export async function forward(received: Received, target: URL): Promise<Forwarded> {
  const url = toForwardUrl(target, received)
  const keepsHost = isThisMachine(url.hostname)
  const lines = withoutConnection(received.headers).filter(([name]) => keepsHost || name.toLowerCase() !== "host")
  const needsHost = !lines.some(([name]) => name.toLowerCase() === "host")
  const headers = [
    ...lines,
    ...(needsHost ? [["Host", url.host]] : []),
    ["Content-Length", String(received.body.length)],
  ].flat()
  try {
    const answer = await new Promise<IncomingMessage>((done, failed) => {
      const request = url.protocol === "https:" ? requestHttps : requestHttp
      const signal = AbortSignal.timeout(FORWARD_TIMEOUT_MS)
      // An array keeps the case and the order of the lines, and repeated ones.
      const outgoing = request(url.href, { method: received.method, headers: headers, signal, agent: false }, done)
      outgoing.on("error", failed)
      outgoing.end(received.body)
    })
    return {
      status: answer.statusCode ?? 502,
      headers: withoutConnection(toPairs(answer.rawHeaders)),
      body: new Uint8Array(await buffer(answer)),
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new NoAnswer(`No answer from ${url.origin} (${code ?? message}). Is it running?`)
  }
}

/** Writes a delivery to two files: raw header lines, and the body. `verify` and `explain` read both. Returns the first. */
export async function save(received: Received, folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const { method, path, headers, body } = received
  const lines = [`${method} ${path} HTTP/1.1`, ...headers.map(([header, value]) => `${header}: ${value}`)]
  const file = join(folder, `${name}.headers`)
  // Only its owner may read what a sender wrote about its customers.
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 })
  await writeFile(join(folder, `${name}.body`), body, { mode: 0o600 })
  return file
}

/** Reads what `save` wrote. @throws {UsageError} It is not there, or not what `save` writes. */
export async function load(file: string, { cwd }: Io): Promise<Received> {
  const path = resolve(cwd, file)
  if (!path.endsWith(".headers")) throw new UsageError("--replay must name the .headers file of a saved delivery.")
  try {
    const text = await readFile(path, "utf8")
    const body = Uint8Array.from(await readFile(path.replace(/headers$/, "body")))
    const [, method = "POST", target = "/"] = /^([A-Z]+) (\S+) HTTP\//.exec(text) ?? []
    return { method, path: target, headers: parseHeaders(text), body }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      `--replay: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`,
    )
  }
}
