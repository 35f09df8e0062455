import type { GenericSchema } from "valibot"
import { fromUtf8, toHex } from "../core/bytes.ts"
import { checkContentType } from "../core/content-type.ts"
import { MAX_PARTNER_BODY_BYTES } from "../core/limits.ts"
import { readBody } from "../core/read-body.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { AccountRequest, Command, Failure, Idempotency } from "./account.ts"
import { checkEnabledEvents } from "./enabled-events.ts"
import { checkFields, EndpointPatch, NewEndpoint, Page, Rotation } from "./fields.ts"
import { checkScope, type Principal, type Scope } from "./principal.ts"
import { checkEndpointUrl } from "./url.ts"

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
  readonly query: Readonly<Record<string, string>>
  readonly knownTypes: readonly string[]
}

/** The partner plane's operations (spec 5.1, 5.7). */
export const OPERATIONS = {
  create: {
    scope: "webhooks:write",
    body: "required",
    toCommand({ body, knownTypes }) {
      const fields = checkFieldsAndRules(NewEndpoint, body, knownTypes)
      if (!fields.ok) return fields
      const { url, enabled_events, description = null, api_version = null, metadata = {} } = fields.value
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
      const patch = checkFieldsAndRules(EndpointPatch, body, knownTypes)
      return patch.ok ? ok({ kind: "update", id, patch: patch.value as Extract<Command, { kind: "update" }>["patch"] }) : patch
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

/** Fields (spec 5.8) before rules (spec 5.4, 5.5); what comes back holds the URL in its normalised form. */
function checkFieldsAndRules<
  const Schema extends GenericSchema<unknown, { url?: string | undefined; enabled_events?: string[] | undefined }>,
>(schema: Schema, body: unknown, knownTypes: readonly string[]): ReturnType<typeof checkFields<Schema>> {
  const fields = checkFields(schema, body)
  if (!fields.ok) return fields
  const { url, enabled_events } = fields.value as { url?: string; enabled_events?: string[] }
  const checkedUrl = url === undefined ? undefined : checkEndpointUrl(url)
  if (checkedUrl?.ok === false) return fail({ code: "webhook_endpoint_url_invalid", param: "url" })
  const checkedEvents = enabled_events === undefined ? undefined : checkEnabledEvents(enabled_events, knownTypes)
  if (checkedEvents?.ok === false) return fail({ code: "webhook_event_unknown", param: checkedEvents.error.param })
  return ok({ ...(fields.value as object), ...(checkedUrl && { url: checkedUrl.value }) } as never)
}

/** What can be said of a request without the account's state, in the order of the checks; the first failure wins. */
export async function judge(
  request: Request,
  operation: Operation,
  { principal, path, id, query, knownTypes }: Pick<OperationInput, "id" | "query" | "knownTypes"> & {
    readonly principal: Principal
    readonly path: string
  },
): Promise<Pick<AccountRequest, "wanted" | "idempotency">> {
  const early = (failure: Failure) => ({ wanted: { ok: false, failure, beforeIdempotency: true }, idempotency: undefined }) as const

  const scope = checkScope(principal, operation.scope)
  if (scope) return early({ code: scope })

  const body = operation.body === "none" ? ok(new Uint8Array()) : await readJsonBytes(request)
  if (!body.ok) return early(body.error)

  const key = operation.body === "none" ? null : request.headers.get("idempotency-key")
  if (key !== null && !/^[\w-]{1,255}$/.test(key)) return early({ code: "idempotency_key_malformed" })
  const mode = principal.livemode ? "live" : "test"
  const idempotency: Idempotency | undefined =
    key === null ? undefined : { scope: `${mode} ${request.method} ${path} ${key}`, bodyHash: await sha256(body.value) }

  const value = operation.body === "none" ? ok({}) : parseJson(body.value, operation.body === "optional")
  const command = value.ok ? operation.toCommand({ id, body: value.value, query, knownTypes }) : value
  return command.ok
    ? { wanted: { ok: true, command: command.value }, idempotency }
    : { wanted: { ok: false, failure: command.error, beforeIdempotency: false }, idempotency }
}

/** Content type, then size. A request without a body needs no content type. */
async function readJsonBytes(request: Request): Promise<Result<Uint8Array, Failure>> {
  const contentType = checkContentType(request.headers)
  if (!contentType.ok && contentType.error === "unsupported") return fail({ code: "unsupported_media_type" })
  const body = await readBody(request, MAX_PARTNER_BODY_BYTES)
  const empty = body.ok && body.value.length === 0
  if (!contentType.ok && !empty) return fail({ code: "missing_content_type" })
  // A body that broke off is no JSON.
  return body.ok ? body : fail({ code: body.error === "too_large" ? "request_body_too_large" : "invalid_json" })
}

function parseJson(bytes: Uint8Array, mayBeAbsent: boolean): Result<unknown, Failure> {
  if (mayBeAbsent && bytes.length === 0) return ok({})
  try {
    return ok(JSON.parse(fromUtf8(bytes)))
  } catch {
    return fail({ code: "invalid_json" })
  }
}

const sha256 = async (bytes: Uint8Array): Promise<string> => toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))
