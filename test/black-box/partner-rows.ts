import { sampleFields, type Extras } from "./partner-client.ts"

/** One request and its verdict. */
export interface Row extends Extras {
  readonly why: string
  readonly want: string
  /** POST unless given. */
  readonly method?: string
  /** Follows `ENDPOINTS`; the collection unless given. */
  readonly path?: string
}

const TEXT = JSON.stringify(sampleFields())
const MALFORMED = "400 idempotency_key_malformed"

/** 64 KiB may come, and not a byte more. */
const padded = (bytes: number): string => TEXT.padEnd(bytes, " ")

/** What can be wrong with a body before it is read as JSON, and with an idempotency key. */
export const BODIES: readonly Row[] = [
  { why: "no content type", body: TEXT, headers: { "Content-Type": undefined }, want: "400 missing_content_type" },
  { why: "text", body: TEXT, headers: { "Content-Type": "text/plain" }, want: "415 unsupported_media_type" },
  {
    why: "a form",
    body: "url=x",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    want: "415 unsupported_media_type",
  },
  {
    why: "another charset",
    body: TEXT,
    headers: { "Content-Type": "application/json; charset=latin1" },
    want: "415 unsupported_media_type",
  },
  { why: "UTF-8, said so", body: TEXT, headers: { "Content-Type": "application/json; charset=UTF-8" }, want: "201" },
  { why: "65,536 bytes", body: padded(65_536), want: "201" },
  { why: "65,537 bytes", body: padded(65_537), want: "422 request_body_too_large" },
  { why: "a body cut short", body: TEXT.slice(0, -1), want: "400 invalid_json" },
  { why: "two bodies", body: TEXT + TEXT, want: "400 invalid_json" },
  { why: "an empty body", body: "", headers: { "Content-Type": "application/json" }, want: "400 invalid_json" },
  { why: "bytes that are no UTF-8", body: new Uint8Array([0x22, 0xff, 0x22]), want: "400 invalid_json" },
  { why: "a list", body: [], want: "422 invalid_value_type" },
  { why: "null", body: "null", want: "422 invalid_value_type" },
  { why: "an empty key", body: TEXT, headers: { "Idempotency-Key": "" }, want: MALFORMED },
  { why: "a key of 256", body: TEXT, headers: { "Idempotency-Key": "k".repeat(256) }, want: MALFORMED },
  { why: "a key of 255", body: TEXT, headers: { "Idempotency-Key": "k".repeat(255) }, want: "201" },
  { why: "a key with a space", body: TEXT, headers: { "Idempotency-Key": "a b" }, want: MALFORMED },
  { why: "a key with a dot", body: TEXT, headers: { "Idempotency-Key": "a.b" }, want: MALFORMED },
  { why: "two keys", body: TEXT, headers: { "Idempotency-Key": "a, b" }, want: MALFORMED },
  { why: "a malformed key, ignored on GET", method: "GET", headers: { "Idempotency-Key": "a b" }, want: "200" },
]

const creating = (why: string, changes: Readonly<Record<string, unknown>>, want: string): Row => ({
  why,
  body: sampleFields(changes),
  want,
})
const at = (param: string): string => `422 invalid_value_type ${param}`
const URL_INVALID = "422 webhook_endpoint_url_invalid url"
const FACE = "\u{1f600}"
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "v"]))

/** What can be wrong with the fields of a body and of a query. */
export const FIELDS: readonly Row[] = [
  creating("a field that is not listed", { secret: "whsec_mine" }, "400 unknown_field secret"),
  { why: "one that may not change", method: "PATCH", path: "/x", body: { id: "x" }, want: "400 unknown_field id" },
  creating("no URL", { url: undefined }, at("url")),
  creating("a number for a URL", { url: 1 }, at("url")),
  creating("no events", { enabled_events: undefined }, at("enabled_events")),
  creating("text for a list", { enabled_events: "*" }, at("enabled_events")),
  creating("a number in a list", { enabled_events: ["payment.*", 1] }, at("enabled_events[1]")),
  creating("a description of 501", { description: "d".repeat(501) }, at("description")),
  creating("a day that is none", { api_version: "2026-02-30" }, at("api_version")),
  creating("21 pairs", { metadata: pairs(21) }, at("metadata")),
  creating("a key of 41", { metadata: { ["k".repeat(41)]: "v" } }, at(`metadata.${"k".repeat(41)}`)),
  creating("a number in metadata", { metadata: { k: 1 } }, at("metadata.k")),
  creating("as much as there may be", { description: "d".repeat(500), metadata: pairs(20) }, "201"),
  // A character counts as one, whatever it takes in UTF-16.
  creating(
    "as much of faces",
    { description: FACE.repeat(500), metadata: { [FACE.repeat(40)]: FACE.repeat(500) } },
    "201",
  ),
  creating("a description of 501 faces", { description: FACE.repeat(501) }, at("description")),
  creating("a value of 501 faces", { metadata: { k: FACE.repeat(501) } }, at("metadata.k")),
  creating("a key of 41 faces", { metadata: { [FACE.repeat(41)]: "v" } }, at(`metadata.${FACE.repeat(41)}`)),
  { why: "a status that is none", method: "PATCH", path: "/x", body: { status: "paused" }, want: at("status") },
  {
    why: "an overlap of more than a day",
    path: "/x/rotate_secret",
    body: { overlap_seconds: 86_401 },
    want: at("overlap_seconds"),
  },
  { why: "limit=0", method: "GET", path: "?limit=0", want: at("limit") },
  { why: "limit=101", method: "GET", path: "?limit=101", want: at("limit") },
  { why: "limit=five", method: "GET", path: "?limit=five", want: at("limit") },
  { why: "a cursor that is none", method: "GET", path: "?cursor=%20", want: at("cursor") },
  creating("http", { url: "http://example.com/" }, URL_INVALID),
  creating("this machine", { url: "https://localhost/" }, URL_INVALID),
  creating("a private address", { url: "https://10.0.0.1/" }, URL_INVALID),
  creating("a private address in disguise", { url: "https://0x7f000001/" }, URL_INVALID),
  creating("the metadata service", { url: "https://169.254.169.254/" }, URL_INVALID),
  creating("IPv6 loopback", { url: "https://[::1]/" }, URL_INVALID),
  creating("an address in a name", { url: "https://10.0.0.1.nip.io/" }, URL_INVALID),
  creating("a password", { url: "https://me:pass@example.com/" }, URL_INVALID),
  creating("a fragment", { url: "https://example.com/#x" }, URL_INVALID),
  creating("another port", { url: "https://example.com:22/" }, URL_INVALID),
  creating("a type that is none", { enabled_events: ["payment.lost"] }, "422 webhook_event_unknown enabled_events[0]"),
  creating("a family of none", { enabled_events: ["nobody.*"] }, "422 webhook_event_unknown enabled_events[0]"),
  creating(
    "everything, and more",
    { enabled_events: ["payment.*", "*"] },
    "422 webhook_event_unknown enabled_events[1]",
  ),
  creating("one twice", { enabled_events: ["payment.*", "payment.*"] }, "422 webhook_event_unknown enabled_events[1]"),
]
