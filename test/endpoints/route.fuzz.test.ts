// Catches what no table thought of: whatever arrives, the answer is a sound success or an error of spec 4.1, never a 5xx,
// and what is stored is what was sent.

import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { QUOTED_IDEMPOTENCY_KEY, toEventsMessage, URL_MESSAGES } from "../../src/endpoints/messages.ts"
import { PUBLIC_EVENT_TYPES } from "../../src/events/known.ts"
import { CATALOGUE, type ErrorCode } from "../../src/errors/catalogue.ts"
import { KEYS } from "../support/api-keys.ts"
import { createPartner, createSample, PARTNER_PATH, toAnswer, type Answer, type Partner } from "../support/partner.ts"

/** 10,000 in all in Node; workerd takes its time over each, and differs from Node in its URL and Headers alone. */
const IN_WORKERD = navigator.userAgent === "Cloudflare-Workers"
const SHARE = IN_WORKERD ? 0.3 : 1
const TIMEOUT_MS = 60_000

const runs = (count: number): { readonly numRuns: number } => ({ numRuns: count * SHARE })

/** Text of every kind that has broken something somewhere. */
const oddText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "",
      "\0",
      "\u202e",
      "\ud800",
      "\udfff\ud800",
      "\ufeff",
      "é",
      "e\u0301",
      "𝔘",
      "__proto__",
      "constructor",
      "prototype",
      "toString",
      "length",
      "$&",
      "' OR 1=1 --",
      "${x}",
      "%00",
      "../..",
      "1e999",
      "null",
      "[object Object]",
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(39, 40, 41, 499, 500, 501, 2_047, 2_048, 2_049, 30_000)
      .map((length) => "x".repeat(length)),
  },
)

/** Any value of JSON, with names that are as odd as its texts. */
const { value: oddValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    oddText,
    fc.constantFrom(null, true, false, 0, -0, 1, -1, 0.5, 86_400, 1e21, Number.MAX_SAFE_INTEGER),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(oddText, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

const events = fc.oneof(
  fc.constantFrom(["*"], ["payment.*"], ["payment.settled", "enquiry.*"]),
  fc.array(fc.oneof(fc.constantFrom("*", "payment.*", "payment.settled", "enquiry.created", "card.*", "."), oddText), {
    maxLength: 4,
  }),
)

const url = fc.oneof(
  { weight: 3, arbitrary: fc.webUrl({ validSchemes: ["https"], withQueryParameters: true, withFragments: false }) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom("https://", "http://", "https:", ""), oddText).map((parts) => parts.join("")),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom("", "a@", "[::1]", "[2606:4700::1]", "0x7f.1", "127.1", "xn--"),
        fc.oneof(fc.domain(), fc.ipV4(), oddText),
      )
      .map(([front, host]) => `https://${front}${host}/`),
  },
)

const metadata = fc.dictionary(oddText, oddText, { maxKeys: 22, noNullPrototype: true })

const sound = {
  url: fc.constant("https://example.com/hooks"),
  enabled_events: fc.constant(["*"]),
  description: fc.constant("d"),
  api_version: fc.constant("2026-07-01"),
  metadata: fc.constant({}),
  status: fc.constantFrom("enabled", "disabled"),
  overlap_seconds: fc.nat(86_400),
}

/** Near enough to a body to come past the first checks: each field is sound, nearly so, anything, or not there. */
const nearBody = fc.record(
  {
    url: fc.oneof(sound.url, url, oddValue),
    enabled_events: fc.oneof(sound.enabled_events, events, oddValue),
    description: fc.oneof(sound.description, oddText, oddValue),
    api_version: fc.oneof(
      sound.api_version,
      fc.date().map((date) => JSON.stringify(date).slice(1, 11)),
      oddText,
    ),
    metadata: fc.oneof(sound.metadata, metadata, oddValue),
    status: fc.oneof(sound.status, oddValue),
    overlap_seconds: fc.oneof(sound.overlap_seconds, oddValue),
  },
  { requiredKeys: [], noNullPrototype: true },
)

/** What only one operation knows is mostly left out, so that others get further than `unknown_field`. */
const toBodyOf = (operation: Operation, body: Readonly<Record<string, unknown>>, keepAll: boolean): unknown =>
  keepAll ? body : Object.fromEntries(Object.entries(body).filter(([name]) => FIELDS[operation].includes(name)))

const FIELDS = {
  create: ["url", "enabled_events", "description", "api_version", "metadata"],
  update: ["url", "enabled_events", "description", "metadata", "status"],
  rotate: ["overlap_seconds"],
} as const satisfies Record<string, readonly string[]> as Readonly<
  Record<"create" | "update" | "rotate", readonly string[]>
>

type Operation = keyof typeof FIELDS

const operation = fc.constantFrom<Operation>("create", "create", "update", "rotate")

const VIEW = [
  "id",
  "url",
  "enabled_events",
  "status",
  "created",
  "description",
  "api_version",
  "metadata",
  "livemode",
  "previous_secret_expires",
]

/** Whether a message is the catalogue's, or names a rule of a URL, of events or of an idempotency key. */
const isKnownMessage = (message: string, meaning: string): boolean =>
  [meaning, ...Object.values(URL_MESSAGES), QUOTED_IDEMPOTENCY_KEY].includes(message) ||
  (["wildcard_not_alone", "empty", "too_many", "duplicate", "unknown_family", "unknown_type"] as const).some(
    (reason) => toEventsMessage(reason, PUBLIC_EVENT_TYPES) === message,
  )

/** Spec 4.1 or spec 5.2, and nothing else. */
function expectSound({ status, headers, text, json, code, param }: Answer): void {
  const requestId = headers.get("Credicorp-Request-Id")
  expect(requestId).toMatch(/^req_[\w-]{16}$/)
  if (status === 204 || text === "") return
  expect(headers.get("Content-Type")).toBe("application/json")
  if (status < 300) {
    const views = (json["data"] ?? [json]) as readonly Readonly<Record<string, unknown>>[]
    for (const view of views) expect(Object.keys(view).filter((name) => name !== "secret")).toEqual(VIEW)
    return
  }
  const entry = CATALOGUE[code as ErrorCode]
  expect(status).toBe(entry.status)
  expect(status).toBeLessThan(500)
  const error = {
    type: entry.type,
    code,
    message: expect.toSatisfy((message: string) => isKnownMessage(message, entry.meaning)),
    request_id: requestId,
    ...(param !== undefined && { param }),
  }
  expect(json).toEqual({ error })
  expect((param ?? "").length).toBeLessThanOrEqual(256)
}

/** What was sent is what is shown, letter for letter; a URL in its normalised form. */
function expectKept(sent: Readonly<Record<string, unknown>>, shown: Readonly<Record<string, unknown>>): void {
  for (const name of ["enabled_events", "description", "api_version", "metadata", "status"]) {
    if (Object.hasOwn(sent, name))
      expect([name, JSON.stringify(shown[name])]).toEqual([name, JSON.stringify(sent[name])])
  }
  const shownUrl = String(shown["url"])
  expect(new URL(shownUrl).href).toBe(shownUrl)
  expect(shownUrl.startsWith("https://")).toBe(true)
}

/** A partner with one endpoint, and a second passing before each request, so that no limit is met. */
async function open(): Promise<{ partner: Partner; id: () => Promise<string> }> {
  const partner = createPartner()
  let { id } = await createSample(partner)
  return {
    partner,
    async id() {
      partner.pass(1_000)
      if ((await partner.call("GET", `/${id}`)).status === 404) ({ id } = await createSample(partner))
      return id
    },
  }
}

const toRequest = (what: Operation, id: string) =>
  ({ create: ["POST", ""], update: ["PATCH", `/${id}`], rotate: ["POST", `/${id}/rotate_secret`] })[what] as [
    string,
    string,
  ]

/** Sends a body to an operation, holds the answer against the contract, and takes back what was created. */
async function sendBody(
  { partner, id }: Awaited<ReturnType<typeof open>>,
  what: Operation,
  body: string,
): Promise<Answer> {
  const [method, path] = toRequest(what, await id())
  const answer = await partner.call(method, path, { body })
  expectSound(answer)
  const shown = answer.json
  if (answer.status < 300) {
    const sent: unknown = JSON.parse(body === "" ? "{}" : body)
    expect(Object.prototype.toString.call(sent)).toBe("[object Object]")
    expectKept(sent as Readonly<Record<string, unknown>>, shown)
    const { secret, ...rest } = shown
    expect(secret === undefined).toBe(what === "update")
    expect((await partner.call("GET", `/${String(shown["id"])}`)).json).toEqual(rest)
  }
  if (what === "create" && answer.status === 201) await partner.call("DELETE", `/${String(shown["id"])}`)
  return answer
}

describe("whatever arrives", () => {
  it("bodies that are nearly sound", { timeout: TIMEOUT_MS }, async () => {
    const opened = await open()
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(operation, nearBody, fc.nat(9), async (what, body, dice) => {
        const { status, code } = await sendBody(opened, what, JSON.stringify(toBodyOf(what, body, dice === 0)))
        seen.add(code ?? String(status))
      }),
      runs(4_000),
    )
    const reached = ["200", "201", "invalid_value_type", "webhook_endpoint_url_invalid", "webhook_event_unknown"]
    expect([...seen]).toEqual(expect.arrayContaining(reached))
  })

  it("bodies that are any JSON", { timeout: TIMEOUT_MS }, async () => {
    const opened = await open()
    await fc.assert(
      fc.asyncProperty(operation, oddValue, async (what, value) => {
        await sendBody(opened, what, JSON.stringify(value))
      }),
      runs(1_500),
    )
  })

  it("bodies that are no JSON, too deep or too long", { timeout: TIMEOUT_MS }, async () => {
    const opened = await open()
    const nested = fc
      .tuple(
        fc.constantFrom(["[", "]"], ['{"url":', "}"], ['{"metadata":', "}"], ['{"":', "}"]),
        fc.integer({ min: 1, max: 9_000 }),
        fc.boolean(),
      )
      .map(([[start = "", end = ""], depth, closed]) => `${start.repeat(depth)}1${closed ? end.repeat(depth) : ""}`)
    const cut = fc
      .tuple(
        nearBody.map((body) => JSON.stringify(body)),
        fc.nat(100),
        oddText,
      )
      .map(([text, at, odd]) => text.slice(0, at) + odd + text.slice(at))
    const padded = fc
      .tuple(
        nearBody.map((body) => JSON.stringify(body)),
        fc.integer({ min: 65_530, max: 65_540 }),
      )
      .map(([text, length]) => text.padEnd(length))
    const repeated = fc.tuple(oddText, fc.integer({ min: 1, max: 3_000 })).map(
      ([name, count]) =>
        `{${Array(count)
          .fill(`${JSON.stringify(name)}:1`)
          .join(",")}}`,
    )
    await fc.assert(
      fc.asyncProperty(operation, fc.oneof(oddText, nested, cut, padded, repeated), async (what, text) => {
        await sendBody(opened, what, text)
      }),
      runs(1_000),
    )
  })

  it("bytes", { timeout: TIMEOUT_MS }, async () => {
    const { partner, id } = await open()
    await fc.assert(
      fc.asyncProperty(operation, fc.uint8Array({ maxLength: 64 }), async (what, body) => {
        const [method, path] = toRequest(what, await id())
        expectSound(await partner.call(method, path, { body }))
      }),
      runs(500),
    )
  })

  const segment = fc.oneof(
    { weight: 2, arbitrary: fc.constant("{id}") },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        "rotate_secret",
        "secret",
        "",
        ".",
        "..",
        "%2e%2e",
        "%2F",
        "%",
        "%ff",
        "%00",
        "*",
        ":id",
        "whend_0",
      ),
    },
    { weight: 2, arbitrary: oddText },
  )
  const query = fc.oneof(
    fc.constantFrom(
      "",
      "",
      "?limit=1",
      "?limit=100&cursor=c1",
      "?cursor=czzzzzzzzzzz",
      "?limit=0",
      "?limit=1&limit=2",
      "?#",
    ),
    fc
      .tuple(fc.constantFrom("limit", "cursor", "__proto__", "limit[]"), oddText)
      .map(([name, text]) => `?${name}=${text}`),
    oddText.map((text) => `?${text}`),
  )
  const path = fc
    .tuple(fc.array(segment, { maxLength: 3 }), query)
    .map(([parts, rest]) => `${parts.map((part) => `/${part}`).join("")}${rest}`)

  /** What a Headers object takes: the rest never leaves a client. */
  const headerText = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.string({
      unit: fc
        // workerd takes other characters, too, and warns of each.
        .integer({ min: 0x20, max: IN_WORKERD ? 0x7e : 0xff })
        .filter((code) => code < 0x7f || code > 0x9f)
        .map((code) => String.fromCharCode(code)),
      maxLength: 20,
    }),
    fc.constantFrom("", ",", ";", '"', "a, b", "k", "x".repeat(255), "x".repeat(256), "x".repeat(9_000)),
  )
  const headers = fc.record(
    {
      "Content-Type": fc.oneof(
        fc.constantFrom("application/json", "application/a+json;charset=utf-8", "text/plain"),
        headerText,
      ),
      "Content-Encoding": fc.oneof(fc.constantFrom("identity", "gzip"), headerText),
      "Idempotency-Key": fc.oneof(fc.constantFrom("a", "b"), headerText),
      Authorization: fc.oneof(
        fc.constantFrom(`Bearer ${KEYS.aLive}`, `Bearer ${KEYS.aReads}`, "Bearer", "Basic x"),
        headerText,
      ),
      "Credicorp-Request-Id": headerText,
    },
    { requiredKeys: [] },
  )
  // Of methods that no route takes, workerd accepts only a few.
  const method = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom("GET", "POST", "PATCH", "DELETE") },
    { weight: 1, arbitrary: fc.constantFrom("HEAD", "PUT", "OPTIONS", "PROPFIND", "SEARCH", "LOCK") },
  )

  it("methods, paths, queries and headers", { timeout: TIMEOUT_MS }, async () => {
    const { partner, id } = await open()
    const seen = new Set<number>()
    await fc.assert(
      fc.asyncProperty(method, path, headers, nearBody, async (verb, template, given, body) => {
        const target = `https://partner.example${PARTNER_PATH}${template.replaceAll("{id}", await id())}`
        // Dots may lead out of the registry, to what the Worker says of itself.
        fc.pre(new URL(target).pathname.startsWith("/partner"))
        const text = verb === "GET" || verb === "HEAD" ? undefined : JSON.stringify(toBodyOf("create", body, false))
        const all = { Authorization: `Bearer ${KEYS.a}`, "Content-Type": "application/json", ...given }
        const before = partner.reached.length
        const answer = await toAnswer(
          await partner.fetch(new Request(target, { method: verb, headers: all, ...(text && { body: text }) })),
        )
        seen.add(answer.status)
        expectSound(answer)
        const asked = partner.reached.length - before
        expect(asked).toBe(answer.headers.has("RateLimit-Limit") ? 1 : 0)
        if (verb === "HEAD") expect(answer.text).toBe("")
        if (answer.status === 201)
          await partner.call("DELETE", `/${String(answer.json["id"])}`, {
            key: answer.json["livemode"] === true ? KEYS.aLive : KEYS.a,
          })
      }),
      runs(3_000),
    )
    expect([...seen]).toEqual(expect.arrayContaining([200, 401, 404, 405, 422]))
  })
})
