// Catches a secret that outlives its end, and a view that shows more than spec 5.2 lists or in another order.

import { describe, expect, it } from "vitest"
import {
  createEndpoint,
  publicView,
  rotateSecret,
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
      secrets: [{ version: 1, secret: expect.stringMatching(/^whsec_[A-Za-z0-9_-]{43}$/), expiresAt: null }],
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

describe("publicView (spec 5.2, 5.10)", () => {
  const endpoint = createEndpoint(FIELDS, false, NOW_MS)
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
  ]

  it.each([
    { why: "without a secret", secret: undefined, want: ORDER },
    { why: "with its secret", secret: "whsec_1", want: ORDER.toSpliced(4, 0, "secret") },
  ])("has its fields in one order: $why", ({ secret, want }) => {
    expect(Object.keys(publicView(endpoint, secret))).toEqual(want)
  })

  it("has that order whatever the order of what it is made from", () => {
    const shuffled = Object.fromEntries(Object.entries(endpoint).toReversed()) as unknown as Endpoint
    expect(JSON.stringify(publicView(shuffled, "whsec_1"))).toBe(JSON.stringify(publicView(endpoint, "whsec_1")))
  })

  it("shows no secret that it was not given", () => {
    expect(JSON.stringify(publicView(endpoint))).not.toContain("whsec_")
    expect(JSON.stringify(publicView(publicView(endpoint, "whsec_1")))).not.toContain("whsec_")
  })

  it("shows no field that a stored endpoint may have beside those", () => {
    const more = { ...endpoint, note: "internal" } as Endpoint
    expect(publicView(more)).not.toHaveProperty("note")
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
      { version: 2, secret: expect.stringMatching(/^whsec_[\w-]{43}$/), expiresAt: null },
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
