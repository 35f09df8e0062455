// Catches a query or a body that is understood otherwise than it was meant, where a page or a run hangs on it.

import { describe, expect, it } from "vitest"
import { checkFields } from "../../src/http/fields.ts"
import { toCursor } from "../../src/http/paging.ts"
import {
  EventQuery,
  EventsQuery,
  HandlerName,
  RerunEvent,
  RerunMany,
  DiscardMany,
  DiscardEvent,
  toBulkCursor,
  toFilter,
} from "../../src/inbox/fields.ts"
import { sequenceAt } from "../../src/inbox/sequence.ts"
import { parseRetention, type RetentionBindings } from "../../src/inbox/retention.ts"

type Schema = Parameters<typeof checkFields>[0]

/** `ok`, or the code and the field. */
function verdict(schema: Schema, value: unknown): string {
  const result = checkFields(schema, value)
  return result.ok ? "ok" : [result.error.code, result.error.param].filter(Boolean).join(" ")
}

const MAX = Number.MAX_SAFE_INTEGER
const DEFAULT = { status: undefined, type: undefined, from: 0, before: MAX, limit: 20 }
const DAY = Date.UTC(2026, 8, 21)

describe("the query of a listing", () => {
  it.each([
    { query: {}, want: DEFAULT },
    { query: { status: "dead" }, want: { ...DEFAULT, status: "dead" } },
    { query: { type: "payment.settled" }, want: { ...DEFAULT, type: "payment.settled" } },
    { query: { from: "2026-09-21" }, want: { ...DEFAULT, from: sequenceAt(DAY) } },
    { query: { from: "2026-09-21T00:00:00.001Z" }, want: { ...DEFAULT, from: sequenceAt(DAY + 1) } },
    { query: { to: "2026-09-21T00:00:00Z" }, want: { ...DEFAULT, before: sequenceAt(DAY) } },
    { query: { from: "2024-02-29" }, want: { ...DEFAULT, from: sequenceAt(Date.UTC(2024, 1, 29)) } },
    { query: { limit: "1" }, want: { ...DEFAULT, limit: 1 } },
    { query: { limit: "100" }, want: { ...DEFAULT, limit: 100 } },
    { query: { cursor: toCursor(12_345) }, want: { ...DEFAULT, before: 12_345 } },
    {
      query: { cursor: toCursor(sequenceAt(DAY)), to: "2026-09-20" },
      want: { ...DEFAULT, before: sequenceAt(DAY - 86_400_000) },
    },
    {
      query: { cursor: toCursor(sequenceAt(DAY - 1)), to: "2026-09-21" },
      want: { ...DEFAULT, before: sequenceAt(DAY - 1) },
    },
  ])("$query", ({ query, want }) => {
    const result = checkFields(EventsQuery, query)
    expect(result.ok && toFilter(result.value)).toEqual(want)
  })

  it.each([
    { query: { status: "running" }, want: "invalid_value_type status" },
    { query: { status: "" }, want: "invalid_value_type status" },
    { query: { status: "DEAD" }, want: "invalid_value_type status" },
    { query: { status: ["dead", "done"] }, want: "invalid_value_type status" },
    { query: { type: "payment.*" }, want: "invalid_value_type type" },
    { query: { type: "*" }, want: "invalid_value_type type" },
    { query: { type: "pay ment" }, want: "invalid_value_type type" },
    { query: { type: `a.${"b".repeat(127)}` }, want: "invalid_value_type type" },
    { query: { from: "yesterday" }, want: "invalid_value_type from" },
    { query: { from: "" }, want: "invalid_value_type from" },
    { query: { from: "1790000000" }, want: "invalid_value_type from" },
    { query: { from: "2026-13-01" }, want: "invalid_value_type from" },
    { query: { from: "2026-02-30" }, want: "invalid_value_type from" },
    { query: { from: "2025-02-29" }, want: "invalid_value_type from" },
    { query: { from: "2026-09-21T24:00:00Z" }, want: "invalid_value_type from" },
    { query: { from: "2026-09-21T00:00:60Z" }, want: "invalid_value_type from" },
    { query: { from: "2026-09-21T00:00:00" }, want: "invalid_value_type from" },
    { query: { from: "2026-09-21T00:00:00+01:00" }, want: "invalid_value_type from" },
    { query: { from: "2026-09-21 00:00:00Z" }, want: "invalid_value_type from" },
    { query: { from: "1969-12-31" }, want: "invalid_value_type from" },
    { query: { to: "2026-9-21" }, want: "invalid_value_type to" },
    { query: { to: "+12026-09-21" }, want: "invalid_value_type to" },
    { query: { limit: "0" }, want: "invalid_value_type limit" },
    { query: { limit: "101" }, want: "invalid_value_type limit" },
    { query: { limit: "-1" }, want: "invalid_value_type limit" },
    { query: { limit: "1e1" }, want: "invalid_value_type limit" },
    { query: { limit: "07" }, want: "invalid_value_type limit" },
    { query: { limit: "10.0" }, want: "invalid_value_type limit" },
    { query: { limit: " 10" }, want: "invalid_value_type limit" },
    { query: { limit: "" }, want: "invalid_value_type limit" },
    { query: { cursor: "" }, want: "invalid_value_type cursor" },
    { query: { cursor: "c" }, want: "invalid_value_type cursor" },
    { query: { cursor: "12345" }, want: "invalid_value_type cursor" },
    { query: { cursor: "c-1" }, want: "invalid_value_type cursor" },
    { query: { cursor: "cABC" }, want: "invalid_value_type cursor" },
    { query: { cursor: "czzzzzzzzzzz" }, want: "invalid_value_type cursor" },
    { query: { cursor: `c${"1".repeat(12)}` }, want: "invalid_value_type cursor" },
    { query: { sort: "asc" }, want: "unknown_field sort" },
    { query: { Status: "dead" }, want: "unknown_field Status" },
    { query: { __proto__x: "1" }, want: "unknown_field __proto__x" },
  ])("$query → $want", ({ query, want }) => {
    expect(verdict(EventsQuery, query)).toBe(want)
  })
})

describe("the other queries and bodies", () => {
  it.each<{ name: string; schema: Schema; value: unknown; want: string }>([
    { name: "EventQuery", schema: EventQuery, value: { include: "body" }, want: "ok" },
    { name: "EventQuery", schema: EventQuery, value: {}, want: "ok" },
    { name: "EventQuery", schema: EventQuery, value: { include: "" }, want: "invalid_value_type include" },
    { name: "EventQuery", schema: EventQuery, value: { include: "Body" }, want: "invalid_value_type include" },
    {
      name: "EventQuery",
      schema: EventQuery,
      value: { include: ["body", "body"] },
      want: "invalid_value_type include",
    },
    { name: "RerunEvent", schema: RerunEvent, value: {}, want: "ok" },
    { name: "RerunEvent", schema: RerunEvent, value: { handler: "payment.*" }, want: "ok" },
    { name: "RerunEvent", schema: RerunEvent, value: { handler: "*" }, want: "ok" },
    { name: "RerunEvent", schema: RerunEvent, value: { handler: null }, want: "invalid_value_type handler" },
    { name: "RerunEvent", schema: RerunEvent, value: { handler: "" }, want: "invalid_value_type handler" },
    { name: "RerunEvent", schema: RerunEvent, value: { handler: "pay*" }, want: "invalid_value_type handler" },
    { name: "RerunEvent", schema: RerunEvent, value: { handlers: ["*"] }, want: "unknown_field handlers" },
    { name: "RerunEvent", schema: RerunEvent, value: [], want: "invalid_value_type" },
    { name: "RerunEvent", schema: RerunEvent, value: null, want: "invalid_value_type" },
    { name: "RerunEvent", schema: RerunEvent, value: "*", want: "invalid_value_type" },
    { name: "RerunMany", schema: RerunMany, value: { type: "payment.settled" }, want: "ok" },
    { name: "RerunMany", schema: RerunMany, value: { type: "payment.settled", dry_run: true }, want: "ok" },
    { name: "RerunMany", schema: RerunMany, value: {}, want: "invalid_value_type type" },
    { name: "RerunMany", schema: RerunMany, value: { type: "*" }, want: "invalid_value_type type" },
    { name: "RerunMany", schema: RerunMany, value: { type: "payment.*" }, want: "invalid_value_type type" },
    {
      name: "RerunMany",
      schema: RerunMany,
      value: { type: "a.b", dry_run: "true" },
      want: "invalid_value_type dry_run",
    },
    {
      name: "RerunMany",
      schema: RerunMany,
      value: { type: "a.b", dry_run: 1 },
      want: "invalid_value_type dry_run",
    },
    {
      name: "RerunMany",
      schema: RerunMany,
      value: { type: "a.b", dryRun: true },
      want: "unknown_field dryRun",
    },
    ...[
      { value: { status: "waiting", handler: "payment.*", from: "2026-01-01", to: "2026-02-01" }, want: "ok" },
      { value: { from: "2026-01-01" }, want: "ok" },
      { value: { type: "a.b", per_second: 1_000 }, want: "ok" },
      { value: { dry_run: true, per_second: 1 }, want: "invalid_value_type type" },
      { value: { status: "running" }, want: "invalid_value_type status" },
      { value: { status: ["dead"] }, want: "invalid_value_type status" },
      { value: { handler: "nosuch" }, want: "invalid_value_type handler" },
      { value: { type: "a.b", per_second: 0 }, want: "invalid_value_type per_second" },
      { value: { type: "a.b", per_second: 1_001 }, want: "invalid_value_type per_second" },
      { value: { type: "a.b", per_second: 0.5 }, want: "invalid_value_type per_second" },
      { value: { type: "a.b", per_second: "1" }, want: "invalid_value_type per_second" },
      { value: { type: "a.b", from: "2026-02-30" }, want: "invalid_value_type from" },
      { value: { type: "a.b", cursor: "c1" }, want: "invalid_value_type cursor" },
      { value: { type: "a.b", cursor: "c1.2.3.4.5" }, want: "invalid_value_type cursor" },
      { value: { type: "a.b", cursor: "c1.2.3.zzzzzzzzzzz" }, want: "invalid_value_type cursor" },
      {
        value: { type: "a.b", cursor: toBulkCursor({ shard: 255, before: 2 ** 53 - 1, runs: 7, startedAt: 1e12 }) },
        want: "ok",
      },
    ].map((row) => Object.assign(row, { name: "RerunMany", schema: RerunMany })),
    { name: "DiscardMany", schema: DiscardMany, value: { note: "x", type: "a.b" }, want: "ok" },
    { name: "DiscardMany", schema: DiscardMany, value: { type: "a.b" }, want: "invalid_value_type note" },
    { name: "DiscardMany", schema: DiscardMany, value: { note: "x" }, want: "invalid_value_type type" },
    { name: "DiscardMany", schema: DiscardMany, value: { note: "x", status: "done" }, want: "unknown_field status" },
    { name: "DiscardMany", schema: DiscardMany, value: { note: "", type: "a.b" }, want: "invalid_value_type note" },
    { name: "DiscardMany", schema: DiscardMany, value: { note: "a\nb", type: "a.b" }, want: "invalid_value_type note" },
    { name: "DiscardEvent", schema: DiscardEvent, value: { note: "x" }, want: "ok" },
    { name: "DiscardEvent", schema: DiscardEvent, value: {}, want: "invalid_value_type note" },
    { name: "DiscardEvent", schema: DiscardEvent, value: { note: "\u202e" }, want: "invalid_value_type note" },
    { name: "HandlerName", schema: HandlerName, value: { handler: "*" }, want: "ok" },
    { name: "HandlerName", schema: HandlerName, value: {}, want: "invalid_value_type handler" },
    { name: "HandlerName", schema: HandlerName, value: { handler: 1 }, want: "invalid_value_type handler" },
  ])("$name: $value → $want", ({ schema, value, want }) => {
    expect(verdict(schema, value)).toBe(want)
  })
})

describe("how long what is kept", () => {
  const DAY_MS = 86_400_000
  it.each<{ env: RetentionBindings; want: readonly [bodyDays: number, idDays: number] }>([
    { env: {}, want: [30, 90] },
    { env: { INBOX_BODY_DAYS: "7" }, want: [7, 90] },
    { env: { INBOX_BODY_DAYS: 7, INBOX_ID_DAYS: 7 }, want: [7, 7] },
    // The sender tries for three days.
    { env: { INBOX_BODY_DAYS: 1, INBOX_ID_DAYS: 4 }, want: [1, 4] },
    { env: { INBOX_BODY_DAYS: "120" }, want: [120, 120] },
    { env: { INBOX_ID_DAYS: "3650" }, want: [30, 3650] },
    { env: { INBOX_BODY_DAYS: "", INBOX_ID_DAYS: " " }, want: [30, 90] },
    { env: { INBOX_BODY_DAYS: " 1\n" }, want: [1, 90] },
  ])("$env → $want", ({ env, want }) => {
    expect(parseRetention(env)).toEqual({ ok: true, value: { bodyMs: want[0] * DAY_MS, idMs: want[1] * DAY_MS } })
  })

  it.each<{ env: RetentionBindings; want: readonly string[] }>([
    { env: { INBOX_BODY_DAYS: "0" }, want: ["INBOX_BODY_DAYS"] },
    { env: { INBOX_BODY_DAYS: "3651" }, want: ["INBOX_BODY_DAYS"] },
    { env: { INBOX_BODY_DAYS: "-1" }, want: ["INBOX_BODY_DAYS"] },
    { env: { INBOX_BODY_DAYS: "1.5" }, want: ["INBOX_BODY_DAYS"] },
    { env: { INBOX_BODY_DAYS: "30d" }, want: ["INBOX_BODY_DAYS"] },
    { env: { INBOX_BODY_DAYS: "for ever" }, want: ["INBOX_BODY_DAYS"] },
    { env: { INBOX_BODY_DAYS: true }, want: ["INBOX_BODY_DAYS"] },
    { env: { INBOX_ID_DAYS: 0 }, want: ["INBOX_ID_DAYS"] },
    { env: { INBOX_BODY_DAYS: 1, INBOX_ID_DAYS: 1 }, want: ["INBOX_ID_DAYS"] },
    { env: { INBOX_BODY_DAYS: 1, INBOX_ID_DAYS: 3 }, want: ["INBOX_ID_DAYS"] },
    { env: { INBOX_ID_DAYS: "1e3" }, want: ["INBOX_ID_DAYS"] },
    { env: { INBOX_ID_DAYS: false }, want: ["INBOX_ID_DAYS"] },
    { env: { INBOX_ID_DAYS: "29" }, want: ["INBOX_ID_DAYS"] },
    { env: { INBOX_BODY_DAYS: "91", INBOX_ID_DAYS: "90" }, want: ["INBOX_ID_DAYS"] },
    { env: { INBOX_BODY_DAYS: "no", INBOX_ID_DAYS: "no" }, want: ["INBOX_BODY_DAYS", "INBOX_ID_DAYS"] },
  ])("$env → $want is invalid", ({ env, want }) => {
    const parsed = parseRetention(env)
    expect(parsed.ok ? [] : parsed.error.map((problem) => problem.split(":")[0])).toEqual(want)
  })
})
