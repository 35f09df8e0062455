import { createApp } from "../../src/app/app.ts"
import type { PartnerBindings } from "../../src/endpoints/config.ts"
import type {
  Account,
  AccountAnswer,
  AccountRequest,
  AccountStore,
  KeptAction,
  OperatorAction,
  StoredAnswer,
} from "../../src/endpoints/account.ts"
import { createApiKeyAuth } from "../../src/endpoints/auth/api-keys.ts"
import {
  findTargets,
  handleRequest,
  isWriting,
  act,
  listActions,
  listEveryEndpoint,
} from "../../src/endpoints/handle-request.ts"
import type { Endpoint } from "../../src/endpoints/endpoint.ts"
import { correctTimes, freeSpace } from "../../src/endpoints/housekeeping.ts"
import type { Bucket } from "../../src/endpoints/rate-limit.ts"
import { PUBLIC_EVENT_TYPES } from "../../src/events/known.ts"
import { API_KEYS, KEYS } from "./api-keys.ts"
import { NOW } from "./delivery.ts"
import { OPERATOR_TOKEN } from "./operator-token.ts"

/** The time at which every test begins, in milliseconds since 1970. */
export const NOW_MS: number = NOW * 1000

export const PARTNER_PATH = "/partner/v1/webhook_endpoints"

export const OPERATOR_PATH = "/operator/accounts"

/** The account's tables. Rows hold JSON, as in the object's SQLite, so that reads return copies. */
interface Tables {
  /** Never used twice, like AUTOINCREMENT. */
  lastSequence: number
  endpoints: Map<string, { readonly sequence: number; readonly livemode: boolean; readonly data: string }>
  answers: Map<string, { readonly expiresAt: number; readonly data: string }>
  revoked: Set<string>
  suspended: boolean
  actions: readonly string[]
}

/** Where rows are added, by the names that the tables have in the object's SQLite; `facts` is where a suspension is. */
export type Table = "answers" | "revoked" | "facts" | "actions"

/** What an operator does, with a note of the tests. */
export const SUSPEND: OperatorAction = { action: "suspend", note: "by the tests" }
export const RESUME: OperatorAction = { action: "resume", note: "by the tests" }
export const revoke = (id: string): OperatorAction => ({ action: "revoke", credential_id: id, note: "by the tests" })
export const restore = (id: string): OperatorAction => ({ action: "restore", credential_id: id, note: "by the tests" })

/** An account in memory, in place of the Durable Object, with controls for tests. */
export interface MemoryAccount extends Account {
  /** Makes every later insert into a table fail, as on a full disk. */
  breakTable(table: Table): void
  /** How many idempotency records there are, expired ones included. */
  countAnswers(): number
  /** Sets the size of the rows, in bytes, independent of their content. */
  setSize(bytes: number): void
  /** What happens when the object wakes up. */
  wake(): void
}

/** The `Account` port over maps: the same `handleRequest`, the same transactions, no platform. */
export function createMemoryAccount(clock: () => number = () => NOW_MS): MemoryAccount {
  let tables: Tables = {
    lastSequence: 0,
    endpoints: new Map(),
    answers: new Map(),
    revoked: new Set(),
    suspended: false,
    actions: [],
  }
  let broken: Table | undefined
  let size = 0
  const buckets = new Map<string, Bucket>()
  const store = createMemoryStore(
    () => tables,
    () => broken,
    () => size,
  )

  const transaction = <Value>(work: () => Value): Value => {
    const { endpoints, answers, revoked } = tables
    const before = {
      ...tables,
      endpoints: new Map(endpoints),
      answers: new Map(answers),
      revoked: new Set(revoked),
    }
    try {
      return work()
    } catch (error) {
      tables = before
      throw error
    }
  }

  return {
    // Calls to an object copy their values.
    async handle(given: AccountRequest): Promise<AccountAnswer> {
      const request = structuredClone(given)
      const now = clock()
      if (isWriting(request)) transaction(() => freeSpace(store, now))
      const { answer, bucket } = transaction(() => handleRequest(store, buckets, request, now))
      buckets.set(bucket.name, bucket.left)
      return structuredClone(answer)
    },
    targets: async (type, livemode) => structuredClone(findTargets(store, type, livemode, clock())),
    async act(action) {
      transaction(() => freeSpace(store, clock()))
      return structuredClone(transaction(() => act(store, structuredClone(action), clock())))
    },
    listActions: async (limit, cursor) => structuredClone(listActions(store, limit, cursor)),
    listEndpoints: async () => structuredClone(listEveryEndpoint(store, clock())),
    breakTable(table) {
      broken = table
    },
    countAnswers: () => tables.answers.size,
    setSize(bytes) {
      size = bytes
    },
    wake: () => transaction(() => correctTimes(store, clock())),
  }
}

function createMemoryStore(tables: () => Tables, broken: () => Table | undefined, size: () => number): AccountStore {
  const check = (table: Table): void => {
    if (broken() === table) throw new Error("broken by the test")
  }
  const rowsOf = (livemode: boolean) => [...tables().endpoints.values()].filter((row) => row.livemode === livemode)
  const byEnd = () => [...tables().answers].toSorted(([, a], [, b]) => a.expiresAt - b.expiresAt)
  return {
    size,
    countEndpoints: (livemode) => rowsOf(livemode).length,
    getEndpoint(id, livemode) {
      const row = tables().endpoints.get(id)
      return row?.livemode === livemode ? (JSON.parse(row.data) as Endpoint) : undefined
    },
    listEndpoints: (livemode, sequence = Number.MAX_SAFE_INTEGER, limit) =>
      rowsOf(livemode)
        .filter((row) => row.sequence < sequence)
        .toSorted((a, b) => b.sequence - a.sequence)
        .slice(0, limit)
        .map((row) => ({ sequence: row.sequence, endpoint: JSON.parse(row.data) as Endpoint })),
    insertEndpoint(endpoint) {
      const { id, livemode } = endpoint
      if (tables().endpoints.has(id)) throw new Error("UNIQUE constraint failed: endpoints.id")
      tables().lastSequence += 1
      tables().endpoints.set(id, { sequence: tables().lastSequence, livemode, data: JSON.stringify(endpoint) })
    },
    replaceEndpoint(endpoint) {
      const row = tables().endpoints.get(endpoint.id)
      if (row) tables().endpoints.set(endpoint.id, { ...row, data: JSON.stringify(endpoint) })
    },
    deleteEndpoint(id) {
      tables().endpoints.delete(id)
    },
    getAnswer(scope) {
      const row = tables().answers.get(scope)
      return row && { ...(JSON.parse(row.data) as StoredAnswer), expiresAt: row.expiresAt }
    },
    putAnswer(scope, answer) {
      check("answers")
      tables().answers.set(scope, { expiresAt: answer.expiresAt, data: JSON.stringify(answer) })
    },
    pruneAnswers(now, most) {
      const expired = byEnd().filter(([, { expiresAt }]) => expiresAt <= now)
      for (const [scope] of expired.slice(0, most)) tables().answers.delete(scope)
    },
    dropAnswers(most) {
      for (const [scope] of byEnd().slice(0, most)) tables().answers.delete(scope)
    },
    capAnswers(latestEnd, most) {
      const late = byEnd().filter(([, { expiresAt }]) => expiresAt > latestEnd)
      for (const [scope, row] of late.slice(0, most)) tables().answers.set(scope, { ...row, expiresAt: latestEnd })
    },
    isRevoked: (credentialId) => tables().revoked.has(credentialId),
    isSuspended: () => tables().suspended,
    setRevoked(credentialId, revoked) {
      if (revoked) check("revoked")
      if (revoked) tables().revoked.add(credentialId)
      else tables().revoked.delete(credentialId)
    },
    setSuspended(suspended) {
      if (suspended) check("facts")
      tables().suspended = suspended
    },
    insertAction(action) {
      check("actions")
      tables().actions = [...tables().actions, JSON.stringify(action)]
    },
    listActions: (sequence = Number.MAX_SAFE_INTEGER, limit) =>
      tables()
        .actions.map((data, i) => ({ sequence: i + 1, action: JSON.parse(data) as KeptAction }))
        .filter((row) => row.sequence < sequence)
        .toReversed()
        .slice(0, limit),
  }
}

/** A binding like the platform's, over accounts in memory. */
export function createNamespace(): Required<PartnerBindings>["ACCOUNTS"] {
  const twins = new Map<string, MemoryAccount>()
  const getByName = (name: string): MemoryAccount => {
    const twin = twins.get(name) ?? createMemoryAccount()
    twins.set(name, twin)
    return twin
  }
  return { getByName } as unknown as Required<PartnerBindings>["ACCOUNTS"]
}

/** A response, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body parsed; `{}` if there was none. */
  readonly json: Readonly<Record<string, unknown>>
  /** `error.code` and `error.param` of the body. */
  readonly code: string | undefined
  readonly param: string | undefined
}

export async function toAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response
  const text = await response.text()
  const json = (text === "" ? {} : JSON.parse(text)) as Answer["json"]
  const { code, param } = (json["error"] ?? {}) as { code?: string; param?: string }
  return { status, headers, text, json, code, param }
}

/** Status, code and param of an answer, as `422 invalid_value_type url`; the status alone where it is no error. */
export const verdict = ({ status, code, param }: Answer): string => [status, code, param].filter(Boolean).join(" ")

/** The parts of a request. */
export interface CallOptions {
  /** `KEYS.a` unless given; null sends no credential. */
  readonly key?: string | null
  /** Text and bytes are sent as they are, anything else as its JSON. */
  readonly body?: unknown
  /** Beside `Authorization`, and `Content-Type` where there is a body; undefined leaves one of these out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** A request to the endpoints API; `path` is what follows `PARTNER_PATH`, unless it is a whole one. */
export function createRequest(
  method: string,
  path: string,
  { key = KEYS.a, body, headers }: CallOptions = {},
): Request {
  const whole = path.startsWith("/operator") ? path : `${PARTNER_PATH}${path}`
  const all: Readonly<Record<string, string | undefined>> = {
    Authorization: key === null ? undefined : `Bearer ${key}`,
    "Content-Type": body === undefined ? undefined : "application/json",
    ...headers,
  }
  const text = typeof body === "string" ? body : JSON.stringify(body)
  // Bytes, because a text would bring a Content-Type of its own.
  const bytes = body instanceof Uint8Array || body === undefined ? body : new TextEncoder().encode(text)
  return new Request(`https://partner.example${whole}`, {
    method,
    headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ...(bytes && { body: bytes }),
  })
}

/** The app over accounts in memory, with the state that a test reads. */
export interface Partner {
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>
  readonly fetch: (request: Request) => Promise<Response>
  /** What the operator asks; `path` is what follows `OPERATOR_PATH`, `key` the operator's token unless given. */
  readonly operate: (method: string, path: string, options?: CallOptions) => Promise<Answer>
  /** The account in memory; acct_a unless named. */
  readonly account: (name?: string) => MemoryAccount
  /** The accounts that were asked for, one entry a request. */
  readonly reached: readonly string[]
  readonly log: readonly Readonly<Record<string, unknown>>[]
  /** Moves the clock. */
  readonly pass: (ms: number) => void
  readonly now: () => number
}

export interface PartnerOptions {
  readonly knownTypes?: readonly string[]
  readonly extraTlds?: readonly string[]
  /** Replaces the accounts in memory. */
  readonly accountOf?: (name: string) => Account
}

export function createPartner({
  knownTypes = PUBLIC_EVENT_TYPES,
  extraTlds = [],
  accountOf,
}: PartnerOptions = {}): Partner {
  let time = NOW_MS
  const log: Record<string, unknown>[] = []
  const reached: string[] = []
  const twins = new Map<string, MemoryAccount>()
  const account = (name = "acct_a"): MemoryAccount => {
    const twin = twins.get(name) ?? createMemoryAccount(() => time)
    twins.set(name, twin)
    return twin
  }
  const app = createApp({
    sources: [{ state: "off", source: "credicorp" }],
    inbox: { state: "off" },
    endpoints: {
      state: "on",
      settings: {
        authenticate: createApiKeyAuth(API_KEYS),
        accountOf(name) {
          reached.push(name)
          return (accountOf ?? account)(name)
        },
        rules: { knownTypes, extraTlds },
      },
    },
    operator: { state: "on", settings: { tokens: [OPERATOR_TOKEN], accountOf: accountOf ?? account } },
    log: (entry) => log.push(entry),
    clock: () => time,
  })
  const fetch = async (request: Request): Promise<Response> => await app.fetch(request)
  return {
    call: async (method, path, options) => await toAnswer(await fetch(createRequest(method, path, options))),
    fetch,
    operate: async (method, path, options) =>
      await toAnswer(
        await fetch(createRequest(method, `${OPERATOR_PATH}${path}`, { key: OPERATOR_TOKEN, ...options })),
      ),
    account,
    reached,
    log,
    pass(ms) {
      time += ms
    },
    now: () => time,
  }
}

/** A body that creates an endpoint; undefined removes a field. */
export const sampleFields = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  url: "https://example.com/hooks",
  enabled_events: ["payment.*"],
  ...changes,
})

/** An endpoint that was just created, as it was answered. */
export interface Created {
  readonly id: string
  readonly secret: string
  readonly url: string
  readonly created: string
}

/** Creates an endpoint. */
export async function createSample({ call }: Pick<Partner, "call">, options: CallOptions = {}): Promise<Created> {
  const { status, text, json } = await call("POST", "", { body: sampleFields(), ...options })
  if (status !== 201) throw new Error(`not created: ${text}`)
  return json as unknown as Created
}
