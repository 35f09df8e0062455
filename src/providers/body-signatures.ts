// Providers that put the signature into the body. Most of them sign a part of it: `authenticated`, never `verified`.

import { toUtf8 } from "../core/bytes.ts"
import { jsonOf, textAt } from "./body-text.ts"
import { fail, ok, type Result } from "../core/result.ts"
import { RFC3339, SECONDS, type TimeUnit } from "../core/time.ts"
import type { SignatureReason } from "../errors/webhook-error.ts"
import type { HeaderLookup } from "../http/headers.ts"
import { BASE64 } from "./encodings.ts"
import { readField } from "./event-paths.ts"
import { formOf, textOf } from "./form.ts"
import { hmacKey, noHeaders, type HmacKeyRule } from "./hmac-key.ts"
import { hmacProvider, toProvider, type ProviderFacts } from "./hmac-provider.ts"
import type { Claim, Provider, ProviderEvent } from "./provider.ts"

/** A provider whose signature does not cover the payload. */
export type Authenticated = Provider<ProviderEvent, "authenticated">

/** What a body holds of its signature. */
interface Found {
  readonly signature: string | undefined
  /** What is signed, in order. */
  readonly signed: readonly (string | undefined)[]
  readonly timeText?: string | undefined
}

interface BodyRule extends Omit<HmacKeyRule, "name" | "toMessage"> {
  readonly find: (body: Uint8Array, header: HeaderLookup) => Found
  /** The unit of the signed time, where there is one. */
  readonly unit?: TimeUnit
  readonly summary: string
  readonly id?: boolean
  readonly type?: boolean
}

function toClaim(
  { signature, signed, timeText = "" }: Found,
  unit: TimeUnit | undefined,
): Result<Claim, SignatureReason> {
  if (signature === undefined) return fail("header_missing")
  const texts = signed.filter((text) => text !== undefined)
  const signedAt = unit?.parse(timeText)
  if (texts.length !== signed.length || (unit && signedAt === undefined)) return fail("header_malformed")
  return ok({ signatures: [signature], timeText, signedAt, signed: texts })
}

/** A provider whose body holds a signature of some of its fields. */
export function bodyProvider(facts: ProviderFacts, rule: BodyRule): Authenticated {
  const { find, unit, summary, id = false, type = false, ...key } = rule
  const provider = toProvider(facts, {
    scheme: {
      parseHeaders: noHeaders,
      parseBody: (_, body, header) => toClaim(find(body, header), unit),
      prepareKey: hmacKey({ ...key, name: facts.name, toMessage: ({ signed = [] }) => signed }),
    },
    header: "",
    summary,
    assurance: "authenticated",
    covers: { body: false, time: unit !== undefined, method: false, url: false },
  })
  return {
    ...provider,
    covers: { ...provider.covers, id, type },
    ...(id && { dedupeKey: (event, hashBody) => event.id ?? `sha256:${hashBody()}` }),
  }
}

/** Mailgun: signs a time and a random token. */
export const mailgun: Authenticated = /* @__PURE__ */ bodyProvider(
  {
    name: "mailgun",
    docs: "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
    source: "S mailgun/mailgun-go@d7f2dd4 webhooks.go",
    bodyFormat: "any",
  },
  {
    find(body) {
      const part = (name: string): string | undefined => textAt(jsonOf(body), `signature.${name}`)
      const fields = part("signature") === undefined ? formOf(body) : undefined
      const at = (name: string): string | undefined => fields?.[name] || part(name)
      return { signature: at("signature"), signed: [at("timestamp"), at("token")], timeText: at("timestamp") }
    },
    unit: SECONDS,
    summary: "sha256 hex HMAC of the body's timestamp and token",
  },
)

/** OpenNode: signs the id of the charge alone. Fetch the charge before you trust its status. */
export const openNode: Authenticated = /* @__PURE__ */ bodyProvider(
  {
    name: "openNode",
    docs: "https://developers.opennode.com/docs/webhooks",
    source: "S opennodedev/opennode-node@23eecce src/client.ts",
    bodyFormat: "form",
    event: { id: "body.id" },
  },
  {
    find(body) {
      const fields = formOf(body)
      return { signature: fields?.["hashed_order"], signed: [fields?.["id"]] }
    },
    // One charge has several events: its id is signed, and is not the event's.
    summary: "sha256 hex HMAC of the charge's id",
  },
)

/** SignWell: signs type and time. Its key is an id that the API shows. */
export const signWell: Authenticated = /* @__PURE__ */ bodyProvider(
  {
    name: "signWell",
    docs: "https://developers.signwell.com/reference/event-hash-verification",
    source: "D https://developers.signwell.com/reference/event-hash-verification.md",
    event: { type: "body.event.type", created: "body.event.time" },
  },
  {
    find(body) {
      const payload = jsonOf(body)
      const type = textAt(payload, "event.type")
      const value = readField(payload, ["event", "time"])
      const time = typeof value === "number" ? String(value) : textAt(payload, "event.time")
      return { signature: textAt(payload, "event.hash"), signed: [type, "@", time], timeText: time }
    },
    unit: SECONDS,
    type: true,
    summary: "sha256 hex HMAC of the event's type and time",
  },
)

/** D4Sign: signs the document's UUID alone. One signature is valid for every event of that document, for ever. */
export const d4sign: Authenticated = /* @__PURE__ */ withDocumentId()

function withDocumentId(): Authenticated {
  const row = {
    name: "d4sign",
    docs: "https://docapi.d4sign.com.br/v2.0/docs/seguran%C3%A7a-de-webhook",
    source: "D https://docapi.d4sign.com.br/v2.0/docs/seguran%C3%A7a-de-webhook",
    header: "Content-Hmac",
    prefix: "sha256=",
    bodyFormat: "any" as const,
  }
  const provider = hmacProvider(row, "authenticated")
  return {
    ...provider,
    layout: { ...row, toSignedBody: (body) => toUtf8(uuidOf(body) ?? "") },
    summary: "sha256 hex HMAC of the document's UUID",
    covers: { ...provider.covers, body: false },
    prepareKey: hmacKey({
      name: row.name,
      toMessage(_, body) {
        const uuid = uuidOf(body)
        return uuid === undefined ? undefined : [uuid]
      },
    }),
  }
}

const uuidOf = (body: Uint8Array): string | undefined =>
  /^\s*\{/.test(textOf(body) ?? "") ? textAt(jsonOf(body), "uuid") : formOf(body)?.["uuid"]

/** Smile ID: signs a time. A secret's id is the partner id, which is signed too. */
export const smileId: Authenticated = /* @__PURE__ */ withPartnerId()

function withPartnerId(): Authenticated {
  const provider = bodyProvider(
    {
      name: "smileId",
      docs: "https://docs.usesmileid.com/integration-options/rest-api/signing-your-api-request",
      source: "S smileidentity/smile-identity-core-js@aef10c7 src/signature.ts",
      event: { created: "body.timestamp" },
    },
    {
      find(body) {
        const time = textAt(jsonOf(body), "timestamp")
        return { signature: textAt(jsonOf(body), "signature"), signed: [time], timeText: time }
      },
      unit: RFC3339,
      summary: "sha256 base64 HMAC of the body's timestamp, the partner id and sid_request",
    },
  )
  return {
    ...provider,
    prepareKey: (key, engine) =>
      hmacKey({
        name: "smileId",
        encoding: BASE64,
        toMessage: ({ timeText }) => [timeText, key.id, "sid_request"],
      })(key, engine),
  }
}
