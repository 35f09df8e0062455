import { expect } from "vitest"
import type { Issuer } from "../support/issuer.ts"
import type { KeyFacts } from "../support/partner-keys.ts"

/** Where the registry of endpoints is (spec 5.1). */
export const ENDPOINTS = "/partner/v1/webhook_endpoints"

/** Something that speaks HTTP and claims to be the endpoints API. */
export interface PartnerPlane {
  /** @param path From the root, with its query. */
  fetch(path: string, init: PlaneInit): Promise<Response>
  /** A key that it knows. */
  key(facts: KeyFacts): string
  /** Whose tokens it believes. */
  readonly issuer: Issuer
  /** The token of its operator. */
  readonly operatorToken: string
  stop(): Promise<void>
}

export interface PlaneInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: Uint8Array<ArrayBuffer>
}

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body parsed; `{}` if there was none. */
  readonly json: Readonly<Record<string, unknown>>
  readonly code: string | undefined
  readonly param: string | undefined
}

/** What a request has beside its method and path. */
export interface Extras {
  /** Text and bytes are sent as they are, anything else as its JSON. */
  readonly body?: unknown
  /** Beside `Authorization`, and `Content-Type` where there is a body; undefined leaves one of these out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** Makes requests with one key; `path` is what follows `ENDPOINTS`, unless it is a whole one. */
export type Call = (method: string, path: string, extras?: Extras) => Promise<Answer>

/** Makes requests as whoever has a key of these facts; null is nobody. */
export type As = (facts: KeyFacts | null) => Call

/** @param key null for none. */
export const createCall =
  (plane: () => PartnerPlane, key: () => string | null | Promise<string>): Call =>
  async (method, path, extras = {}) => {
    const whole = /^\/(?:partner|operator)/.test(path) ? path : `${ENDPOINTS}${path}`
    const answer = await read(await plane().fetch(whole, toInit(method, await key(), extras)))
    checkEvery(answer, whole)
    return answer
  }

function toInit(method: string, key: string | null, { body, headers }: Extras): PlaneInit {
  const all: Readonly<Record<string, string | undefined>> = {
    Authorization: key === null ? undefined : `Bearer ${key}`,
    "Content-Type": body === undefined ? undefined : "application/json",
    ...headers,
  }
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const init = { method, headers: Object.fromEntries(sent) }
  // Bytes, because a text would bring a Content-Type of its own.
  return body === undefined ? init : { ...init, body: toBytes(body) }
}

const toBytes = (body: unknown): Uint8Array<ArrayBuffer> =>
  body instanceof Uint8Array
    ? new Uint8Array(body)
    : new Uint8Array(new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)))

async function read(response: Response): Promise<Answer> {
  const { status, headers } = response
  const text = await response.text()
  const json = (text === "" ? {} : JSON.parse(text)) as Answer["json"]
  const { code, param } = (json["error"] ?? {}) as { code?: string; param?: string }
  return { status, headers, text, json, code, param }
}

const TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "authentication_error",
  429: "rate_limit_error",
}

/** What holds for every answer there is (spec 4.1, 4.4, 5.9, 5.11), whatever its test is about. */
function checkEvery({ status, headers, text, json, code }: Answer, path: string): void {
  const requestId = headers.get("Credicorp-Request-Id")
  expect(requestId).toMatch(/^req_[\w-]{16}$/)
  if (text !== "") expect(headers.get("Content-Type")).toBe("application/json")
  if (code !== "route_not_found") expect(headers.get("Cache-Control")).toBe("no-store")
  if (status >= 400 && text !== "") {
    const type = TYPES[status] ?? (status >= 500 ? "api_error" : "invalid_request_error")
    expect(json).toMatchObject({ error: { type, code: expect.any(String), message: expect.any(String) } })
    expect(json["error"]).toHaveProperty("request_id", requestId)
  }
  expect(headers.get("WWW-Authenticate")).toBe(status === 401 ? "Bearer" : null)
  if (status !== 405) expect(headers.get("Allow")).toBeNull()
  // Known accounts only: what they have left is no stranger's to read.
  const known = status !== 401 && status !== 405 && code !== "route_not_found"
  const metered = (known || code === "token_revoked") && path.startsWith("/partner")
  for (const name of ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]) {
    if (metered) expect(headers.get(name)).toMatch(/^\d+$/)
    else expect(headers.get(name)).toBeNull()
  }
}

/** `status code param`, as far as there is one. */
export const verdict = ({ status, code, param }: Answer): string =>
  [status, code, param].filter((part) => part !== undefined).join(" ")

/** A body that creates an endpoint; undefined removes a field. */
export const sampleFields = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  url: "https://example.com/hooks",
  enabled_events: ["payment.*"],
  ...changes,
})

/** Creates an endpoint and returns its view. */
export async function createEndpoint(call: Call, extras: Extras = {}): Promise<Answer["json"] & { id: string }> {
  const answer = await call("POST", "", { body: sampleFields(), ...extras })
  expect(verdict(answer)).toBe("201")
  return answer.json as Answer["json"] & { id: string }
}

/** The ids of the account's endpoints. */
export const idsOf = ({ json }: Answer): readonly string[] =>
  (json["data"] as readonly { readonly id: string }[]).map(({ id }) => id)
