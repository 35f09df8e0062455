import { toHex } from "../core/bytes.ts"
import { parseJson, readJsonBytes } from "../http/json.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { AccountRequest, Command, Failure, Idempotency } from "./account.ts"
import { checkEnabledEvents } from "./rules/events.ts"
import { checkFields } from "../http/fields.ts"
import { EVENTS_MESSAGES, QUOTED_IDEMPOTENCY_KEY, URL_MESSAGES } from "./messages.ts"
import { EndpointPatch, NewEndpoint, Page, Rotation } from "./fields.ts"
import { checkScope, type Principal, type Scope } from "./auth/principal.ts"
import { checkEndpointUrl } from "./rules/url.ts"

/** A registration is a URL and a few names. */
export const MAX_PARTNER_BODY_BYTES = 65_536

/** What a route needs, and the command that its id, its query and its body make. */
export interface Operation {
  readonly scope: Scope
  /** `required`: JSON; `optional`: JSON or no bytes at all; `none`: a body is left unread. */
  readonly body: "required" | "optional" | "none"
  toCommand(input: OperationInput): Result<Command, Failure>
}

/** What the rules of spec 5.4 and 5.5 depend on. */
export interface EndpointRules {
  /** Every event type that an endpoint may want. */
  readonly knownTypes: readonly string[]
  /** Top-level domains beyond those of IANA's root zone. */
  readonly extraTlds: readonly string[]
}

export interface OperationInput {
  readonly id: string
  /** The parsed body; an absent one is `{}`. */
  readonly body: unknown
  readonly query: Readonly<Record<string, unknown>>
  readonly rules: EndpointRules
}

/** The operations on endpoints (spec 5.1, 5.7). */
export const OPERATIONS = {
  create: {
    scope: "webhooks:write",
    body: "required",
    toCommand({ body, rules }) {
      const fields = checkFields(NewEndpoint, body)
      const ruled = fields.ok ? checkRules(fields.value, rules) : fields
      if (!ruled.ok) return ruled
      const { url, enabled_events, description = null, api_version = null, metadata = {} } = ruled.value
      return ok({ kind: "create", fields: { url, enabled_events, description, api_version, metadata } })
    },
  },
  list: {
    scope: "webhooks:read",
    body: "none",
    toCommand({ query }) {
      const page = checkFields(Page, query)
      return page.ok ? ok({ kind: "list", limit: page.value.limit, cursor: page.value.cursor }) : page
    },
  },
  show: { scope: "webhooks:read", body: "none", toCommand: ({ id }) => ok({ kind: "show", id }) },
  update: {
    scope: "webhooks:write",
    body: "required",
    toCommand({ id, body, rules }) {
      const fields = checkFields(EndpointPatch, body)
      const ruled = fields.ok ? checkRules(fields.value, rules) : fields
      return ruled.ok ? ok({ kind: "update", id, patch: ruled.value }) : ruled
    },
  },
  delete: { scope: "webhooks:write", body: "none", toCommand: ({ id }) => ok({ kind: "delete", id }) },
  rotate: {
    scope: "webhooks:write",
    body: "optional",
    toCommand({ id, body }) {
      const rotation = checkFields(Rotation, body)
      return rotation.ok ? ok({ kind: "rotate", id, overlapSeconds: rotation.value.overlap_seconds }) : rotation
    },
  },
} as const satisfies Record<string, Operation>

/** Checks the URL and the events that are given (spec 5.4, 5.5). The URL is returned in its normalised form. */
function checkRules<Fields extends Ruled>(
  fields: Fields,
  { knownTypes, extraTlds }: EndpointRules,
): Result<Fields, Failure> {
  const url = fields.url === undefined ? ok(undefined) : checkEndpointUrl(fields.url, { extraTlds })
  if (!url.ok) {
    return fail({ code: "webhook_endpoint_url_invalid", param: "url", message: URL_MESSAGES[url.error.reason] })
  }
  const events =
    fields.enabled_events === undefined ? ok(undefined) : checkEnabledEvents(fields.enabled_events, knownTypes)
  if (!events.ok) {
    const { param, reason } = events.error
    return fail({ code: "webhook_event_unknown", param, message: EVENTS_MESSAGES[reason] })
  }
  return ok(url.value === undefined ? fields : { ...fields, url: url.value })
}

interface Ruled {
  readonly url?: string
  readonly enabled_events?: readonly string[]
}

/** A failure that is answered before the idempotency key is looked up. */
const early = (failure: Failure): Pick<AccountRequest, "wanted" | "idempotency"> => ({
  wanted: { ok: false, failure, beforeIdempotency: true },
  idempotency: undefined,
})

export interface CheckInput extends Omit<OperationInput, "body"> {
  readonly principal: Principal
  readonly path: string
}

/** Makes every check that needs no state of the account, in the order of docs/endpoints.md; the first failure wins. */
export async function checkRequest(
  request: Request,
  operation: Operation,
  { principal, path, ...input }: CheckInput,
): Promise<Pick<AccountRequest, "wanted" | "idempotency">> {
  const scope = checkScope(principal, operation.scope)
  if (scope) return early({ code: scope })

  const body = operation.body === "none" ? ok(new Uint8Array()) : await readJsonBytes(request, MAX_PARTNER_BODY_BYTES)
  if (!body.ok) return early(body.error)

  const key = operation.body === "none" ? null : request.headers.get("idempotency-key")
  if (key !== null && !/^[\w-]{1,255}$/.test(key)) {
    const message = /^["'].*["']$/.test(key) ? { message: QUOTED_IDEMPOTENCY_KEY } : {}
    return early({ code: "idempotency_key_malformed", ...message })
  }
  const mode = principal.livemode ? "live" : "test"
  const idempotency: Idempotency | undefined =
    key === null ? undefined : { scope: `${mode} ${request.method} ${path} ${key}`, bodyHash: await sha256(body.value) }

  const value = operation.body === "none" ? ok({}) : parseJson(body.value, operation.body === "optional")
  const command = value.ok ? operation.toCommand({ ...input, body: value.value }) : value
  return command.ok
    ? { wanted: { ok: true, command: command.value }, idempotency }
    : { wanted: { ok: false, failure: command.error, beforeIdempotency: false }, idempotency }
}

const sha256 = async (bytes: Uint8Array): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))
