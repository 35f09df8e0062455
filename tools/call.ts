import { NoAnswer, UsageError } from "./command.ts"
import { readDevVars } from "./dev-vars.ts"
import { toLine } from "./terminal.ts"
import { toPrintableJson } from "../src/core/printable.ts"

const TIMEOUT_MS = 10_000

/** One request to a Worker's API. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE"
  readonly path: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Which Worker, and what it knows the caller by. */
export interface Peer {
  /** Its origin, as `http://localhost:8787`. */
  readonly url: string
  readonly credential: string
}

export interface Refusal {
  readonly code: string
  readonly message: string
  readonly param?: string
}

/** Its body, undefined if there was none, and in `text` as JSON for a terminal. */
export type WorkerAnswer =
  | { readonly ok: true; readonly text: string; readonly value: unknown }
  | { readonly ok: false; readonly text: string; readonly status: number; readonly error: Refusal }

export const isThisMachine = (hostname: string): boolean => ["localhost", "127.0.0.1", "[::1]"].includes(hostname)

/** The named variable, from the environment if it is set there, else from `.dev.vars`. */
export function readCredential(name: string): string {
  const value = process.env[name] ?? readDevVars()[name]
  if (!value) throw new UsageError(`there is no ${name}: run npm start once (it makes .dev.vars), or set it`)
  // OPERATOR_TOKEN holds two during a rotation. The first is the new one.
  return value.split(",")[0]!.trim()
}

/** Where a call goes, if a credential may be sent there. */
function toTarget(url: string, path: string): string {
  const target = `${url.replace(/\/$/, "")}${path}`
  if (!URL.canParse(target) || !/^https?:$/.test(new URL(target).protocol))
    throw new UsageError(`--url must be an http or https URL: got ${url}`)
  const { protocol, hostname } = new URL(target)
  if (protocol === "http:" && !isThisMachine(hostname))
    throw new UsageError(`${url} would carry the credential in clear text: use https`)
  if (protocol === "http:" && process.env["NODE_USE_ENV_PROXY"])
    throw new UsageError("NODE_USE_ENV_PROXY would carry the credential in clear text through a proxy: unset it")
  return target
}

/**
 * Sends one request and reads its answer.
 *
 * @throws {UsageError} The URL is none, or a credential would go there in clear text.
 * @throws {NoAnswer} Nobody answered in ten seconds, or not in JSON.
 */
export async function callWorker({ method, path, body, headers, signal }: Call, peer: Peer): Promise<WorkerAnswer> {
  const target = toTarget(peer.url, path)
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(signal ? [signal] : [])]
  let response: Response
  let raw: string
  try {
    response = await fetch(target, {
      method,
      headers: {
        Authorization: `Bearer ${peer.credential}`,
        ...(body && { "Content-Type": "application/json" }),
        ...headers,
      },
      signal: AbortSignal.any(signals),
      ...(body && { body: JSON.stringify(body) }),
    })
    raw = await response.text()
  } catch {
    throw new NoAnswer(`No answer from ${peer.url}. Is it running? npm start`)
  }
  const value = parseAnswer(raw, peer.url)
  const text = value === undefined ? "" : toPrintableJson(value)
  if (response.ok) return { ok: true, text, value }
  return { ok: false, text, status: response.status, error: readRefusal(value, peer.url) }
}

const notOurs = (url: string): NoAnswer => new NoAnswer(`${url} does not answer in JSON: is it the Worker?`)

function parseAnswer(text: string, url: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text)
  } catch {
    throw notOurs(url)
  }
}

function readRefusal(value: unknown, url: string): Refusal {
  const error = (value as { error?: Refusal } | undefined)?.error
  if (!error?.code) throw notOurs(url)
  return error
}

/** One line for people; all of it for programs. */
export function printRefusal({ text, status, error }: WorkerAnswer & { ok: false }, json: boolean): void {
  const { code, param, message } = error
  console.error(json ? text : toLine(`${status} ${code}${param ? ` (${param})` : ""}: ${message}`))
}
