// Catches a secret that outlives its end, and a view that shows more than spec 5.2 lists or in another order.

import { describe, expect, it } from "vitest"
import {
  capOverlap,
  createEndpoint,
  rotateSecret,
  toView,
  withSecret,
  validSecrets,
  type Endpoint,
  type EndpointFields,
} from "../../src/endpoints/endpoint.ts"
import { NOW_MS } from "../support/partner.ts"

const FIELDS: EndpointFields = {
  url: "https://example.com/hooks",
  enabled_events: ["payment.*"],
  description: "for the ledger",
  api_version: "2026-07-01",
  metadata: { team: "lending" },
}

/** Secrets by the names a test gives them. */
const withSecrets = (...secrets: Endpoint["secrets"]): Endpoint => ({
  ...FIELDS,
  id: "whend_1",
  livemode: false,
  status: "enabled",
  created: "2026-09-21T14:13:20.000Z",
  secrets,
})

const versionsOf = ({ secrets }: Endpoint): readonly number[] => secrets.map(({ version }) => version)

describe("createEndpoint (spec 5.2)", () => {
  it("takes the fields as they are and adds the rest", () => {
    expect(createEndpoint(FIELDS, true, NOW_MS)).toEqual({
      ...FIELDS,
      id: expect.stringMatching(/^whend_[A-Za-z0-9_-]{24}$/),
      livemode: true,
      status: "enabled",
      created: "2026-09-21T14:13:20.000Z",
      secrets: [{ version: 1, secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/), expiresAt: null }],
    })
  })

  it("never makes an id or a secret twice, and uses the whole alphabet", () => {
    const endpoints = Array.from({ length: 500 }, () => createEndpoint(FIELDS, false, NOW_MS))
    const ids = new Set(endpoints.map(({ id }) => id))
    const secrets = new Set(endpoints.map((endpoint) => endpoint.secrets[0]?.secret))
    expect([ids.size, secrets.size]).toEqual([500, 500])
    const used = new Set(
      [...ids]
        .map((id) => id.slice("whend_".length))
        .join("")
        .split(""),
    )
    expect([...used].toSorted().join("")).toBe("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
  })
})

describe("withSecret (spec 5.2, 5.10)", () => {
  const endpoint = { ...createEndpoint(FIELDS, false, NOW_MS), previous_secret_expires: null }
  const ORDER = [
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

  it.each([
    { why: "without a secret", secret: undefined, want: ORDER },
    { why: "with its secret", secret: "whsec_1", want: ORDER.toSpliced(4, 0, "secret") },
  ])("has its fields in one order: $why", ({ secret, want }) => {
    expect(Object.keys(withSecret(endpoint, secret))).toEqual(want)
  })

  it("has that order whatever the order of what it is made from", () => {
    const shuffled = Object.fromEntries(Object.entries(endpoint).toReversed()) as unknown as typeof endpoint
    expect(JSON.stringify(withSecret(shuffled, "whsec_1"))).toBe(JSON.stringify(withSecret(endpoint, "whsec_1")))
  })

  it("shows no secret that it was not given", () => {
    expect(JSON.stringify(withSecret(endpoint))).not.toContain("whsec_")
    expect(JSON.stringify(withSecret(withSecret(endpoint, "whsec_1")))).not.toContain("whsec_")
  })

  it("shows no field that a stored endpoint may have beside those", () => {
    const more = { ...endpoint, note: "internal" }
    expect(withSecret(more)).not.toHaveProperty("note")
  })
})

describe("a new secret (spec 6.13)", () => {
  // Standard Webhooks libraries decode what follows the prefix as base64, and many refuse base64url or missing padding.
  it("is whsec_ and 32 bytes in padded standard base64", () => {
    const secrets = Array.from({ length: 200 }, () => createEndpoint(FIELDS, false, NOW_MS).secrets[0]!.secret)
    secrets.push(rotateSecret(createEndpoint(FIELDS, false, NOW_MS), 0, NOW_MS).secrets[0]!.secret)
    for (const secret of secrets) expect(atob(secret.slice("whsec_".length))).toHaveLength(32)
    expect(secrets.join("")).toMatch(/^[A-Za-z0-9+/=_]+$/)
    expect(["+", "/"].every((char) => secrets.some((secret) => secret.includes(char)))).toBe(true)
  })
})

describe("toView (spec 5.6)", () => {
  const rotated = rotateSecret(createEndpoint(FIELDS, false, NOW_MS), 60, NOW_MS)
  it.each([
    { why: "never rotated", endpoint: createEndpoint(FIELDS, false, NOW_MS), now: NOW_MS, want: null },
    { why: "in the overlap", endpoint: rotated, now: NOW_MS, want: new Date(NOW_MS + 60_000).toISOString() },
    {
      why: "its last millisecond",
      endpoint: rotated,
      now: NOW_MS + 59_999,
      want: new Date(NOW_MS + 60_000).toISOString(),
    },
    { why: "after it", endpoint: rotated, now: NOW_MS + 60_000, want: null },
    { why: "ended at once", endpoint: rotateSecret(rotated, 0, NOW_MS), now: NOW_MS, want: null },
  ])("says until when the older secret is valid: $why → $want", ({ endpoint, now, want }) => {
    const view = toView(endpoint, now)
    expect([view.previous_secret_expires, "secret" in view, "secrets" in view]).toEqual([want, false, false])
  })
})

const endingAt = (expiresAt: number | null): Endpoint =>
  withSecrets({ version: 2, secret: "whsec_2", expiresAt: null }, { version: 1, secret: "whsec_1", expiresAt })

// A clock that was ahead wrote an end that is a year away: a leaked secret would stay valid until then.
describe("capOverlap (spec 5.6)", () => {
  const DAY = 86_400_000
  it.each([
    { why: "a year away", expiresAt: NOW_MS + 365 * DAY, want: NOW_MS + DAY },
    { why: "a millisecond over a day", expiresAt: NOW_MS + DAY + 1, want: NOW_MS + DAY },
  ])("$why → a day", ({ expiresAt, want }) => {
    const capped = capOverlap(endingAt(expiresAt), NOW_MS)
    expect(capped.secrets.map((secret) => secret.expiresAt)).toEqual([null, want])
    expect(versionsOf(capped)).toEqual([2, 1])
  })

  it.each([NOW_MS + DAY, NOW_MS, 0, null])("an end at %s stays, and the endpoint is the same one", (expiresAt) => {
    const endpoint = endingAt(expiresAt)
    expect(capOverlap(endpoint, NOW_MS)).toBe(endpoint)
  })
})

describe("rotateSecret (spec 5.6)", () => {
  const fresh = withSecrets({ version: 1, secret: "whsec_1", expiresAt: null })

  it.each([
    { why: "a day", overlap: 86_400, want: NOW_MS + 86_400_000 },
    { why: "a second", overlap: 1, want: NOW_MS + 1_000 },
  ])("keeps the old one for the overlap: $why", ({ overlap, want }) => {
    const { secrets } = rotateSecret(fresh, overlap, NOW_MS)
    expect(secrets).toEqual([
      { version: 2, secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/), expiresAt: null },
      { version: 1, secret: "whsec_1", expiresAt: want },
    ])
  })

  it.each([0, -0])("an overlap of %d leaves the new one alone", (overlap) => {
    expect(versionsOf(rotateSecret(fresh, overlap, NOW_MS))).toEqual([2])
  })

  it.each([
    { why: "within the overlap", after: 1, overlap: 86_400, want: [3, 2] },
    { why: "within it, with a shorter one", after: 1, overlap: 1, want: [3, 2] },
    { why: "within it, at once", after: 1, overlap: 0, want: [3] },
    { why: "after it", after: 86_400_001, overlap: 86_400, want: [3, 2] },
  ])("a second time, $why: → $want", ({ after, overlap, want }) => {
    const second = rotateSecret(rotateSecret(fresh, 86_400, NOW_MS), overlap, NOW_MS + after)
    expect(versionsOf(second)).toEqual(want)
  })

  it("changes nothing else, and not what it was given", () => {
    const { secrets, ...rest } = rotateSecret(fresh, 60, NOW_MS)
    const { secrets: before, ...restBefore } = fresh
    expect(rest).toEqual(restBefore)
    expect(before).toEqual([{ version: 1, secret: "whsec_1", expiresAt: null }])
    expect(secrets).toHaveLength(2)
  })
})

describe("validSecrets (spec 5.6)", () => {
  const rotated = withSecrets(
    { version: 2, secret: "whsec_2", expiresAt: null },
    { version: 1, secret: "whsec_1", expiresAt: NOW_MS },
  )

  it.each([
    { why: "the last millisecond", now: NOW_MS - 1, want: [2, 1] },
    { why: "the end, which is exclusive", now: NOW_MS, want: [2] },
    { why: "later", now: NOW_MS + 1, want: [2] },
    { why: "a clock far behind", now: 0, want: [2, 1] },
  ])("$why → $want, the newest first", ({ now, want }) => {
    expect(validSecrets(rotated, now).map(({ version }) => version)).toEqual(want)
  })

  it.each([
    { why: "a time that is no number", now: Number.NaN },
    { why: "a time beyond all", now: Number.POSITIVE_INFINITY },
  ])("always holds the newest, and never an old one by mistake: $why", ({ now }) => {
    expect(validSecrets(rotated, now).map(({ version }) => version)).toEqual([2])
  })
})
