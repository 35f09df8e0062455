import { describe, expect, it } from "vitest"
import { readReceiverConfig, type ReceiverConfig } from "../../src/app/config.ts"
import type { InboxBindings } from "../../src/inbox/config.ts"
import type { ReceiverBindings } from "../../src/receiver/config.ts"
import { checkSecrets } from "../../src/verify/secrets.ts"
import { SECRET } from "../support/delivery.ts"

/** Nothing is called here. */
const INBOXES = {} as NonNullable<InboxBindings["INBOXES"]>

const DEFAULTS: ReceiverConfig = {
  secrets: checkSecrets([SECRET]),
  toleranceSeconds: undefined,
  maxBodyBytes: 1_048_576,
  unknownEvents: "ignore",
  livemode: undefined,
  eventTypes: [],
  verifyToken: undefined,
  inbox: { inboxes: INBOXES, elsewhere: [], shards: 16 },
}

/** As from an environment that no compiler has seen. */
const read = (env: Record<string, unknown>): ReturnType<typeof readReceiverConfig> =>
  readReceiverConfig({ INBOXES, WEBHOOK_SECRETS: SECRET, ...env })

/** The names of the variables that are invalid. */
function namesOf(configured: ReturnType<typeof readReceiverConfig>): readonly string[] {
  if (configured.state !== "invalid") return []
  return configured.problems.map((problem) => problem.slice(0, problem.indexOf(":")))
}

describe("what is not set has its default", () => {
  it("secrets alone", () => {
    expect(read({})).toEqual({ state: "on", config: DEFAULTS })
  })

  it.each([
    { why: "nothing", env: {} },
    { why: "secrets undefined", env: { WEBHOOK_SECRETS: undefined } },
    { why: "everything else", env: { WEBHOOK_LIVEMODE: "true", WEBHOOK_TOLERANCE_SECONDS: "no number" } },
    { why: "a name in another case", env: { webhook_secrets: SECRET } },
  ])("$why → off", ({ env }) => {
    expect(readReceiverConfig(env as ReceiverBindings)).toEqual({ state: "off" })
  })
})

describe("INBOX_JURISDICTION", () => {
  const EU = {}
  const namespace = {
    jurisdiction(name: string) {
      if (name !== "eu") throw new Error("not asked for")
      return EU
    },
  }

  it("eu → the shards of that jurisdiction, and of no other", () => {
    const configured = read({ INBOXES: namespace, INBOX_JURISDICTION: "eu" })
    expect(configured).toMatchObject({ state: "on", config: { inbox: { shards: 16 } } })
    expect(configured.state === "on" && configured.config.inbox).toMatchObject({ inboxes: EU, elsewhere: [namespace] })
  })

  it.each([undefined, "", " "])("%j → those of none", (value) => {
    const configured = read({ INBOXES: namespace, INBOX_JURISDICTION: value })
    expect(configured.state === "on" && configured.config.inbox).toMatchObject({ inboxes: namespace, elsewhere: [EU] })
  })

  it.each(["us", "EU", "fedramp", true, 0])("%j → invalid, never stored elsewhere", (value) => {
    expect(namesOf(read({ INBOXES: namespace, INBOX_JURISDICTION: value }))).toEqual(["INBOX_JURISDICTION"])
  })

  it("a runtime that has no jurisdictions → invalid, and it says so", () => {
    const workerd = {
      jurisdiction() {
        throw new Error("Jurisdiction restrictions are not implemented in workerd.")
      },
    }
    const configured = read({ INBOXES: workerd, INBOX_JURISDICTION: "eu" })
    expect(configured).toMatchObject({
      problems: ["INBOX_JURISDICTION: Jurisdiction restrictions are not implemented in workerd."],
    })
  })
})

const text = (entries: unknown): string => JSON.stringify(entries)
const secret = (n: number): string => `whsec_of_a_test_${String(n).padStart(16, "0")}`

describe("WEBHOOK_SECRETS: spec 1.11", () => {
  it.each([
    { why: "one", value: SECRET, want: [{ id: "secret-1", secret: SECRET }] },
    { why: "with an id", value: `test=${SECRET}`, want: [{ id: "test", secret: SECRET }] },
    { why: "white space around it", value: ` ${SECRET}\n`, want: [{ id: "secret-1", secret: SECRET }] },
    { why: "16 characters", value: "0123456789abcdef", want: [{ id: "secret-1", secret: "0123456789abcdef" }] },
    {
      why: "two in a line",
      value: `new=${secret(1)}, ${secret(2)}`,
      want: [
        { id: "new", secret: secret(1) },
        { id: "secret-2", secret: secret(2) },
      ],
    },
    {
      why: "two in two lines",
      value: `${secret(1)}\n${secret(2)}`,
      want: [
        { id: "secret-1", secret: secret(1) },
        { id: "secret-2", secret: secret(2) },
      ],
    },
    {
      why: "a list in JSON",
      value: text([{ id: "new", secret: secret(1), notBefore: 1, notAfter: 2 }]),
      want: [{ id: "new", secret: secret(1), notBefore: 1, notAfter: 2 }],
    },
  ])("$why → on", ({ value, want }) => {
    expect(read({ WEBHOOK_SECRETS: value })).toMatchObject({ state: "on", config: { ...DEFAULTS, secrets: want } })
  })

  it("16 of them → on", () => {
    const value = Array.from({ length: 16 }, (_, i) => secret(i)).join()
    expect(read({ WEBHOOK_SECRETS: value }).state).toBe("on")
  })

  it.each([
    { why: "empty", value: "" },
    { why: "blank", value: " \t\n" },
    { why: "separators only", value: "," },
    { why: "nothing before the separator", value: `,${SECRET}` },
    { why: "nothing behind it", value: `${SECRET},` },
    { why: "nothing between two separators", value: `${SECRET},,${SECRET}x` },
    { why: "15 characters", value: "x".repeat(15) },
    { why: "one of two too short", value: `${SECRET},short` },
    { why: "too short behind its id", value: "test=whsec_short" },
    { why: "true", value: true },
    { why: "false", value: false },
    { why: "zero", value: 0 },
    { why: "17 of them", value: Array.from({ length: 17 }, (_, i) => secret(i)).join() },
    { why: "two with one id", value: `a=${secret(1)},a=${secret(2)}` },
    { why: "an id that the second would get by itself", value: `secret-2=${secret(1)},${secret(2)}` },
    { why: "JSON that ends too early", value: `[{"id":"a","secret":"${SECRET}"}` },
    { why: "empty list in JSON", value: "[]" },
    { why: "JSON without a secret", value: text([{ id: "a" }]) },
    { why: "JSON with a short secret", value: text([{ id: "a", secret: "short" }]) },
    { why: "JSON with an empty secret", value: text([{ id: "a", secret: "" }]) },
    { why: "JSON with space around a secret", value: text([{ id: "a", secret: ` ${SECRET}` }]) },
    { why: "JSON with a number for a secret", value: text([{ id: "a", secret: 1234567890123456 }]) },
    { why: "JSON with an id of another grammar", value: text([{ id: "A B", secret: SECRET }]) },
    { why: "JSON with null", value: text([null]) },
    { why: "JSON with a list", value: text([[SECRET]]) },
    { why: "JSON with a time as text", value: text([{ id: "a", secret: SECRET, notBefore: "1" }]) },
    { why: "JSON with milliseconds", value: text([{ id: "a", secret: SECRET, notAfter: 1_790_000_000_000 }]) },
    {
      why: "JSON with an end before its beginning",
      value: text([{ id: "a", secret: SECRET, notBefore: 2, notAfter: 1 }]),
    },
    { why: "JSON with an end at its beginning", value: text([{ id: "a", secret: SECRET, notBefore: 1, notAfter: 1 }]) },
    { why: "an object, which is one in no toml", value: {} },
    { why: "null", value: null },
    { why: "a number: it has lost digits", value: 1234567890123456 },
    { why: "a comment line, which would be a key", value: `# production secrets\n${SECRET}` },
    { why: "a field of the JSON form, which would be a key", value: `new=${SECRET},notAfter=1790000000` },
    { why: "JSON with an end that is misspelt", value: text([{ id: "a", secret: SECRET, not_after: 1 }]) },
  ])("$why → invalid", ({ value }) => {
    expect(namesOf(read({ WEBHOOK_SECRETS: value }))).toEqual(["WEBHOOK_SECRETS"])
  })
})

interface Row {
  readonly why: string
  readonly value: unknown
  readonly want: unknown
}

/** Values that are wrong for every variable of numbers, whatever its bounds. */
const NO_NUMBERS: readonly Row[] = [
  { why: "zero, which is not off", value: "0" },
  { why: "zero as such", value: 0 },
  { why: "below zero", value: "-1" },
  { why: "below zero as such", value: -1 },
  { why: "signed", value: "+300" },
  { why: "fraction", value: "300.5" },
  { why: "fraction as such", value: 0.5 },
  { why: "exponent", value: "3e2" },
  { why: "hexadecimal", value: "0x12c" },
  { why: "unit", value: "300s" },
  { why: "separator", value: "1_000" },
  { why: "other digits", value: "３００" },
  { why: "space inside", value: "3 00" },
  { why: "two of them", value: "300,300" },
  { why: "word", value: "off" },
  { why: "NaN", value: Number.NaN },
  { why: "Infinity", value: Infinity },
  { why: "huge", value: "9".repeat(400) },
  { why: "huge as such", value: 1e21 },
  { why: "true", value: true },
  { why: "false", value: false },
].map((row) => Object.assign(row, { want: "invalid" }))

const TABLES: readonly { name: keyof ReceiverBindings; field: keyof ReceiverConfig; rows: readonly Row[] }[] = [
  {
    name: "WEBHOOK_TOLERANCE_SECONDS",
    field: "toleranceSeconds",
    rows: [
      { why: "as text", value: "60", want: 60 },
      { why: "as such", value: 60, want: 60 },
      { why: "least", value: "1", want: 1 },
      { why: "most", value: "3600", want: 3600 },
      { why: "white space around it", value: " 60\n", want: 60 },
      { why: "empty", value: "", want: undefined },
      { why: "blank", value: "  ", want: undefined },
      { why: "one too many", value: "3601", want: "invalid" },
      ...NO_NUMBERS,
    ],
  },
  {
    name: "WEBHOOK_MAX_BODY_BYTES",
    field: "maxBodyBytes",
    rows: [
      { why: "as text", value: "65536", want: 65_536 },
      { why: "as such", value: 65_536, want: 65_536 },
      { why: "least", value: "1", want: 1 },
      { why: "most", value: "1900000", want: 1_900_000 },
      { why: "white space around it", value: "\t65536 ", want: 65_536 },
      { why: "empty", value: "", want: 1_048_576 },
      { why: "one too many", value: "1900001", want: "invalid" },
      { why: "with a unit", value: "1MiB", want: "invalid" },
      ...NO_NUMBERS,
    ],
  },
  {
    name: "WEBHOOK_UNKNOWN_EVENTS",
    field: "unknownEvents",
    rows: [
      { why: "ignore", value: "ignore", want: "ignore" },
      { why: "reject", value: "reject", want: "reject" },
      { why: "white space around it", value: " reject ", want: "reject" },
      { why: "empty", value: "", want: "ignore" },
      { why: "upper case", value: "REJECT", want: "invalid" },
      { why: "another word", value: "refuse", want: "invalid" },
      { why: "one that begins alike", value: "rejected", want: "invalid" },
      { why: "both", value: "ignore,reject", want: "invalid" },
      { why: "true", value: true, want: "invalid" },
      { why: "number", value: 1, want: "invalid" },
    ],
  },
  {
    name: "WEBHOOK_LIVEMODE",
    field: "livemode",
    rows: [
      { why: "text true", value: "true", want: true },
      { why: "text false", value: "false", want: false },
      { why: "true", value: true, want: true },
      { why: "false, which is set", value: false, want: false },
      { why: "white space around it", value: " true ", want: true },
      { why: "upper case", value: "TRUE", want: "invalid" },
      { why: "one", value: "1", want: "invalid" },
      { why: "zero as such", value: 0, want: "invalid" },
      { why: "yes", value: "yes", want: "invalid" },
      { why: "test", value: "test", want: "invalid" },
      { why: "null", value: "null", want: "invalid" },
      { why: "empty: nothing would be checked", value: "", want: "invalid" },
    ],
  },
  {
    name: "WEBHOOK_EVENT_TYPES",
    field: "eventTypes",
    rows: [
      { why: "one", value: "card.blocked", want: ["card.blocked"] },
      { why: "two", value: "card.blocked,card.opened", want: ["card.blocked", "card.opened"] },
      {
        why: "white space around them",
        value: " card.blocked ,\n card.opened ",
        want: ["card.blocked", "card.opened"],
      },
      { why: "one that is public", value: "payment.settled", want: ["payment.settled"] },
      { why: "longest", value: `a.${"b".repeat(126)}`, want: [`a.${"b".repeat(126)}`] },
      { why: "empty", value: "", want: [] },
      { why: "one too long", value: `a.${"b".repeat(127)}`, want: "invalid" },
      { why: "comma behind", value: "card.blocked,", want: "invalid" },
      { why: "comma in front", value: ",card.blocked", want: "invalid" },
      { why: "comma alone", value: ",", want: "invalid" },
      { why: "separated by spaces", value: "card.blocked card.opened", want: "invalid" },
      { why: "separated by semicolons", value: "card.blocked;card.opened", want: "invalid" },
      { why: "family", value: "card.*", want: "invalid" },
      { why: "everything", value: "*", want: "invalid" },
      { why: "one word", value: "card", want: "invalid" },
      { why: "upper case", value: "Card.blocked", want: "invalid" },
      { why: "list in JSON", value: '["card.blocked"]', want: "invalid" },
      { why: "good ones and a bad one", value: "card.blocked,card", want: "invalid" },
      { why: "number that looks like one", value: 1.5, want: ["1.5"] },
      { why: "true", value: true, want: "invalid" },
    ],
  },
]

describe.each(TABLES)("$name", ({ name, field, rows }) => {
  it.each(rows)("$why: $value → $want", ({ value, want }) => {
    const configured = read({ [name]: value })
    expect(namesOf(configured)).toEqual(want === "invalid" ? [name] : [])
    expect(configured.state === "on" ? configured.config[field] : configured.state).toEqual(want)
  })

  it("undefined → its default", () => {
    expect(read({ [name]: undefined })).toEqual({ state: "on", config: DEFAULTS })
  })
})

describe("what is wrong is reported at once, by name and never by value", () => {
  // None of these is part of any message, so that finding one means that it leaked.
  const values = {
    WEBHOOK_SECRETS: "mArK-short",
    WEBHOOK_TOLERANCE_SECONDS: "mArK-1",
    WEBHOOK_MAX_BODY_BYTES: "mArK-2",
    WEBHOOK_UNKNOWN_EVENTS: "mArK-3",
    WEBHOOK_LIVEMODE: "mArK-4",
    WEBHOOK_EVENT_TYPES: "card.blocked,mArK-5",
  }

  it("all of them", () => {
    expect(namesOf(read(values))).toEqual(Object.keys(values))
  })

  it.each([
    { why: "of no variable", env: values },
    { why: "of no secret that is too short", env: { WEBHOOK_SECRETS: "mArK" } },
    { why: "of no secret beside one that is too short", env: { WEBHOOK_SECRETS: "whsec_mArK-0123456789,short" } },
    { why: "of no secret behind an id", env: { WEBHOOK_SECRETS: "test=whsec_mArK" } },
    {
      why: "of no secret that occurs twice",
      env: { WEBHOOK_SECRETS: "a=whsec_mArK-0123456789,a=whsec_mArK-0123456789" },
    },
    { why: "of no JSON that cannot be read", env: { WEBHOOK_SECRETS: '[{"id":"a","secret":whsec_mArK}]' } },
    { why: "of no JSON that is cut off", env: { WEBHOOK_SECRETS: '[{"id":"a","secret":"whsec_mArK' } },
    { why: "of no secret in JSON", env: { WEBHOOK_SECRETS: '[{"id":"a","secret":" whsec_mArK-0123456789"}]' } },
    {
      why: "of no secret that stands for an id",
      env: { WEBHOOK_SECRETS: '[{"id":"whsec_mArK","secret":"whsec_0123456789"}]' },
    },
  ])("$why", ({ env }) => {
    const configured = read(env)
    expect(configured.state).toBe("invalid")
    expect(JSON.stringify(configured)).not.toMatch(/mArK/i)
  })

  it("one problem leaves no configuration to go on with", () => {
    expect(read({ WEBHOOK_LIVEMODE: "yes" })).not.toHaveProperty("config")
  })

  it("each problem says more than its name", () => {
    const configured = read(values)
    expect(
      configured.state === "invalid" && configured.problems.every((problem) => /^[A-Z_]+: \S+ \S+/.test(problem)),
    ).toBe(true)
  })
})
