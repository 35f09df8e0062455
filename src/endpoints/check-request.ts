import { toHex } from "../core/bytes.ts"
import { parseJson, readJsonBytes } from "../http/json.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { AccountRequest, Command, Failure, Idempotency } from "./account.ts"
import { checkEnabledEvents } from "./rules/events.ts"
import { checkFields } from "../http/fields.ts"
import { EndpointPatch, NewEndpoint, Page, Rotation } from "./fields.ts"
import { checkScope, type Principal, type Scope } from "./auth/principal.ts"
import { checkEndpointUrl } from "./rules/url.ts"

/** A registration is a URL and a few names. */
export const MAX_PARTNER_BODY_BYTES = 65_536

/** One route: what it needs, and the command that its body, its query and its id make. */
export interface Operation {
  readonly scope: Scope
  /** `required`: JSON; `optional`: JSON or nothing at all; `none`: whatever comes is left unread. */
  readonly body: "required" | "optional" | "none"
  toCommand(input: OperationInput): Result<Command, Failure>
}

export interface OperationInput {
  readonly id: string
  /** The parsed body; an absent one is `{}`. */
  readonly body: unknown
  readonly query: Readonly<Record<string, unknown>>
  readonly knownTypes: readonly string[]
}

/** The partner plane's operations (spec 5.1, 5.7). */
export const OPERATIONS = {
  create: {
    scope: "webhooks:write",
    body: "required",
    toCommand({ body, knownTypes }) {
      const fields = checkFields(NewEndpoint, body)
      const ruled = fields.ok ? checkRules(fields.value, knownTypes) : fields
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
    toCommand({ id, body, knownTypes }) {
      const fields = checkFields(EndpointPatch, body)
      const ruled = fields.ok ? checkRules(fields.value, knownTypes) : fields
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

/** Holds what is given against the rules (spec 5.4, 5.5); the URL comes back in its normalised form. */
function checkRules<Fields extends Ruled>(fields: Fields, knownTypes: readonly string[]): Result<Fields, Failure> {
  const url = fields.url === undefined ? ok(undefined) : checkEndpointUrl(fields.url)
  if (!url.ok) return fail({ code: "webhook_endpoint_url_invalid", param: "url" })
  const events =
    fields.enabled_events === undefined ? ok(undefined) : checkEnabledEvents(fields.enabled_events, knownTypes)
  if (!events.ok) return fail({ code: "webhook_event_unknown", param: events.error.param })
  return ok(url.value === undefined ? fields : { ...fields, url: url.value })
}

interface Ruled {
  readonly url?: string
  readonly enabled_events?: readonly string[]
}

/** A failure that stands before the idempotency key, whatever that key is. */
const early = (failure: Failure): Pick<AccountRequest, "wanted" | "idempotency"> => ({
  wanted: { ok: false, failure, beforeIdempotency: true },
  idempotency: undefined,
})

export interface JudgeInput extends Omit<OperationInput, "body"> {
  readonly principal: Principal
  readonly path: string
}

/** What can be said of a request without the account's state, in the order of the checks; the first failure wins. */
export async function judge(
  request: Request,
  operation: Operation,
  { principal, path, ...input }: JudgeInput,
): Promise<Pick<AccountRequest, "wanted" | "idempotency">> {
  const scope = checkScope(principal, operation.scope)
  if (scope) return early({ code: scope })

  const body = operation.body === "none" ? ok(new Uint8Array()) : await readJsonBytes(request, MAX_PARTNER_BODY_BYTES)
  if (!body.ok) return early(body.error)

  const key = operation.body === "none" ? null : request.headers.get("idempotency-key")
  if (key !== null && !/^[\w-]{1,255}$/.test(key)) return early({ code: "idempotency_key_malformed" })
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
