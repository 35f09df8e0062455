// Catches an answer that hides which rule failed: one text for every reason told a partner of a wrong port, a user name or
// white space only "must be HTTPS on the public internet" (spec 5.4).

import { describe, expect, it } from "vitest"
import { PUBLIC_EVENT_TYPES } from "../../src/events/known.ts"
import { CATALOGUE } from "../../src/errors/catalogue.ts"
import { toEventsMessage, URL_MESSAGES } from "../../src/endpoints/messages.ts"
import { createPartner, createSample, sampleFields, toAnswer, createRequest, type Answer } from "../support/partner.ts"

const EVENTS_REASONS = [
  "not_a_list",
  "empty",
  "too_many",
  "not_text",
  "wildcard_not_alone",
  "unknown_family",
  "unknown_type",
  "duplicate",
] as const

const messageOf = ({ json }: Answer): string => (json["error"] as { message: string }).message

const refusal = async (changes: Readonly<Record<string, unknown>>): Promise<string> => {
  const answer = await createPartner().call("POST", "", { body: sampleFields(changes) })
  return `${answer.code} ${answer.param}: ${messageOf(answer)}`
}

describe("the message names the rule of a URL (spec 5.4)", () => {
  const URLS = {
    too_long: { url: `https://example.com/${"a".repeat(2_029)}`, says: "at most 2048 characters" },
    forbidden_character: { url: "https://example.com/a b", says: "white-space" },
    not_absolute: { url: "example.com", says: "must be absolute" },
    not_https: { url: "http://example.com", says: "begins with https://" },
    credentials: { url: "https://whsec_quoted:b@example.com", says: "no user name and no password" },
    no_host: { url: "https:///a", says: "a host right after https://" },
    fragment: { url: "https://example.com/#a", says: "no fragment" },
    malformed: { url: "https://exa<mple.com/", says: "cannot be parsed" },
    port: { url: "https://example.com:9000/", says: "port 443 or 8443" },
    host_spelling: { url: "https://127.1/", says: "four decimal numbers" },
    ip_not_public: { url: "https://10.0.0.1/", says: "IP address must be on the public internet" },
    host_label: { url: "https://a_b.com/", says: "1 to 63 letters, digits or inner hyphens" },
    host_length: { url: `https://${"a.".repeat(126)}com/`, says: "at most 253 characters" },
    reserved_name: { url: "https://a.internal/", says: "reserved for private use" },
    single_label: { url: "https://intranet1/", says: "at least two labels" },
    unknown_tld: { url: "https://vault.service.consul/", says: "top-level domain of the public internet" },
    metadata_name: { url: "https://metadata.goog/", says: "cloud metadata server" },
    wildcard_dns: { url: "https://127.0.0.1.traefik.me/", says: "answers with private addresses" },
  } as const satisfies Omit<Record<keyof typeof URL_MESSAGES, { url: string; says: string }>, "not_text">

  it.each(Object.entries(URLS))("%s", async (reason, { url, says }) => {
    const said = await refusal({ url })
    expect(said).toContain(says)
    expect(said).toBe(`webhook_endpoint_url_invalid url: ${URL_MESSAGES[reason as keyof typeof URLS]}`)
    expect(said).not.toContain("whsec_quoted")
  })

  it("a PATCH says it too", async () => {
    const partner = createPartner()
    const { id } = await createSample(partner)
    const answer = await partner.call("PATCH", `/${id}`, { body: { url: "https://example.com:80/" } })
    expect(messageOf(answer)).toBe(URL_MESSAGES.port)
  })

  it("the documentation of the code keeps the general text", () => {
    expect(CATALOGUE.webhook_endpoint_url_invalid.meaning).toContain("HTTPS on the public internet")
  })
})

describe("the message names the rule of enabled_events (spec 5.5)", () => {
  it.each([
    {
      why: "* beside a type",
      events: ["*", "payment.settled"],
      param: "enabled_events[0]",
      rule: "wildcard_not_alone",
    },
    {
      why: "* behind a type",
      events: ["payment.settled", "*"],
      param: "enabled_events[1]",
      rule: "wildcard_not_alone",
    },
    { why: "none", events: [], param: "enabled_events", rule: "empty" },
    { why: "101", events: Array.from({ length: 101 }, () => "*"), param: "enabled_events", rule: "too_many" },
    {
      why: "a type twice",
      events: ["payment.settled", "payment.settled"],
      param: "enabled_events[1]",
      rule: "duplicate",
    },
    { why: "no such type", events: ["payment.lost"], param: "enabled_events[0]", rule: "unknown_type" },
    { why: "no such family", events: ["loan.*"], param: "enabled_events[0]", rule: "unknown_family" },
  ] as const)("$why", async ({ events, param, rule }) => {
    const message = toEventsMessage(rule, PUBLIC_EVENT_TYPES)
    expect(await refusal({ enabled_events: events })).toBe(`webhook_event_unknown ${param}: ${message}`)
  })

  it("each text is another", () => {
    const texts = [...EVENTS_REASONS.map((reason) => toEventsMessage(reason, [])), ...Object.values(URL_MESSAGES)]
    expect(new Set(texts).size).toBe(texts.length)
  })

  // Nothing told a partner which types there are.
  it.each([
    { count: 1, says: "not known here. Known types: a.t0." },
    { count: 2, says: "not known here. Known types: a.t0, a.t1." },
    { count: 50, says: "a.t48, a.t49." },
    { count: 51, says: "a.t48, a.t49 and 1 more." },
    { count: 300, says: "a.t48, a.t49 and 250 more." },
  ])("lists the known types, at most 50 of $count", ({ count, says }) => {
    const types = Array.from({ length: count }, (_, i) => `a.t${i}`)
    expect(toEventsMessage("unknown_type", types).endsWith(says)).toBe(true)
    expect(toEventsMessage("unknown_family", types)).toContain("family. Known types: a.t0")
    expect(toEventsMessage("duplicate", types)).toBe("The entry occurs twice.")
  })
})

const askWithKey = async (key: string): Promise<string> => {
  const answer = await createPartner().call("POST", "", { body: sampleFields(), headers: { "Idempotency-Key": key } })
  return `${answer.code}: ${messageOf(answer)}`
}

describe("the message about an Idempotency-Key (spec 5.10)", () => {
  it.each(['"8e03978e-40d5-43dd-bc93-6894a57f9324"', "'key'", '""', '"a b"'])("quotes around it: %s", async (key) => {
    expect(await askWithKey(key)).toBe("idempotency_key_malformed: The Idempotency-Key must be sent without quotes.")
  })

  it.each(['"', 'a"b', '"a', 'a"', "a b", "a".repeat(256)])("anything else: %s", async (key) => {
    expect(await askWithKey(key)).toBe(`idempotency_key_malformed: ${CATALOGUE.idempotency_key_malformed.meaning}`)
  })
})

describe("top-level domains that the operator adds (spec 5.4)", () => {
  it.each(["POST", "PATCH"])("%s takes them", async (method) => {
    const partner = createPartner({ extraTlds: ["web"] })
    const { id } = await createSample(partner)
    const path = method === "POST" ? "" : `/${id}`
    const body = method === "POST" ? sampleFields({ url: "https://a.web/" }) : { url: "https://a.web/" }
    const answer = await toAnswer(await partner.fetch(createRequest(method, path, { body })))
    expect([answer.status < 300, answer.json["url"]]).toEqual([true, "https://a.web/"])
  })
})
