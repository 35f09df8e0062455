import { join } from "node:path"
import { Option, type Command } from "commander"
import { readDevVars } from "./dev-vars.ts"
import { NoAnswer, UsageError, type Io } from "./io.ts"
import { toPrintableJson } from "../core/printable.ts"
import { toLine } from "./print.ts"

/** A Worker answers well within this, even one that wakes its shards. */
const TIMEOUT_MS = 10_000

/** Work that takes longer than this shows that it goes on. */
const QUIET_MS = 1_000

/** Where `wrangler dev` listens unless it is told otherwise. */
export const DEFAULT_ORIGIN = "http://localhost:8787"

/** The options that name the server, the same in every command that talks to one. */
export interface ServerOptions {
  readonly origin?: string
}

/** Adds the option that names the server. */
export const withServer = (command: Command): Command =>
  command.addOption(
    new Option("--origin <url>", `the server to talk to (default: COUNTERSIGN_URL, else ${DEFAULT_ORIGIN})`),
  )

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"])

/** Returns whether a host is this machine: nothing sent to it crosses a network. */
export const isThisMachine = (hostname: string): boolean => LOCAL.has(hostname) || hostname.endsWith(".localhost")

/** Returns the origin of the server. @throws {UsageError} It is not an http or https origin. */
export function findOrigin({ origin }: ServerOptions, { env }: Io): string {
  const [name, text] =
    origin === undefined ? ["COUNTERSIGN_URL", env["COUNTERSIGN_URL"] || DEFAULT_ORIGIN] : ["--origin", origin]
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "" && url.hash === ""
  if (!isOrigin || url.username || url.password) {
    throw new UsageError(`${name} must be an origin, as https://hooks.example.com, without a path: got ${toLine(text)}`)
  }
  return url.origin
}

/** Returns an environment variable; one that is not set is looked up in `.dev.vars` of the current folder. */
export const readVariable = ({ env, cwd }: Io, name: string): string | undefined =>
  env[name] ?? readDevVars(join(cwd, ".dev.vars"))[name]

/** Reads a credential. @throws {UsageError} It is not set. */
export function readCredential(io: Io, name: string): string {
  const value = readVariable(io, name)
  if (!value) throw new UsageError(`${name} is not set. Export it, or put it into .dev.vars (npm start makes one).`)
  // OPERATOR_TOKEN holds two during a rotation. The first is the new one.
  return value.split(",")[0]!.trim()
}

/** One request to a server's API. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  readonly path: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** A server, and the credential to present to it. */
export interface Peer {
  readonly origin: string
  readonly credential: string
}

/** An error of the server (spec 4.1). */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly param?: string
}

/** `value` is the parsed body, undefined if there was none. */
export type ServerAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly value: unknown; readonly status: number; readonly error: Refusal }

/** Refuses to send a credential over a network in clear text. */
function assertConfidential({ origin }: Peer, { env }: Io): void {
  const { protocol, hostname } = new URL(origin)
  if (protocol !== "http:") return
  if (!isThisMachine(hostname))
    throw new UsageError(`${origin} would receive the credential in clear text. Use https in --origin.`)
  if (env["NODE_USE_ENV_PROXY"])
    throw new UsageError("NODE_USE_ENV_PROXY would send the credential through a proxy in clear text. Unset it.")
}

/**
 * Sends one request and reads its answer.
 *
 * @throws {UsageError} The credential would be sent in clear text.
 * @throws {NoAnswer} Nothing came in ten seconds, or no JSON.
 */
export async function callServer(call: Call, peer: Peer, io: Io): Promise<ServerAnswer> {
  const { method, path, body, headers, signal } = call
  assertConfidential(peer, io)
  const slow = setTimeout(() => io.progress(`waiting for ${peer.origin} …`), QUIET_MS)
  let response: Response
  let text: string
  try {
    response = await io.fetch(`${peer.origin}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${peer.credential}`,
        ...(body && { "Content-Type": "application/json" }),
        ...headers,
      },
      // A redirect would carry the credential to wherever it points.
      redirect: "manual",
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]),
      ...(body && { body: JSON.stringify(body) }),
    })
    text = await response.text()
  } catch {
    throw new NoAnswer(`No answer from ${peer.origin}. Is it running? \`npm start\` starts it, --origin names another.`)
  } finally {
    clearTimeout(slow)
    io.progress("")
  }
  const value = parseAnswer(text, peer)
  if (response.ok) return { ok: true, value }
  const error = (value as { error?: Refusal } | null | undefined)?.error
  if (typeof error?.code !== "string") throw notOurs(peer)
  return { ok: false, value, status: response.status, error }
}

const notOurs = ({ origin }: Peer): NoAnswer =>
  new NoAnswer(`${origin} does not answer as a Countersign server. Check --origin.`)

function parseAnswer(text: string, peer: Peer): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text)
  } catch {
    throw notOurs(peer)
  }
}

/** Prints an error: one line for people, all of it for programs. */
export function printRefusal({ value, status, error }: ServerAnswer & { ok: false }, json: boolean, io: Io): void {
  const { code, param, message } = error
  io.err(json ? toPrintableJson(value) : toLine(`${status} ${code}${param ? ` (${param})` : ""}: ${message}`))
}
