import { toHex } from "../core/bytes.ts"
import { parseJson, readJsonBytes } from "../http/json.ts"
import { ok } from "../core/result.ts"
import type { AccountRequest, Failure, Idempotency } from "./account.ts"
import { QUOTED_IDEMPOTENCY_KEY } from "./messages.ts"
import { checkScope, type Principal } from "./auth/principal.ts"
import type { OperationInput, PartnerOperation } from "./operations.ts"

/** A registration is a URL and a few names. */
export const MAX_PARTNER_BODY_BYTES = 65_536

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
  operation: PartnerOperation,
  { principal, path, ...input }: CheckInput,
): Promise<Pick<AccountRequest, "wanted" | "idempotency">> {
  const scope = checkScope(principal, operation.bearer.scope)
  if (scope) return early({ code: scope })

  const body = operation.body ? await readJsonBytes(request, MAX_PARTNER_BODY_BYTES) : ok(new Uint8Array())
  if (!body.ok) return early(body.error)

  const key = operation.body ? request.headers.get("idempotency-key") : null
  if (key !== null && !/^[\w-]{1,255}$/.test(key)) {
    const text = /^["'].*["']$/.test(key) ? { publicMessage: QUOTED_IDEMPOTENCY_KEY } : {}
    return early({ code: "idempotency_key_malformed", ...text })
  }
  const mode = principal.livemode ? "live" : "test"
  const idempotency: Idempotency | undefined =
    key === null ? undefined : { scope: `${mode} ${request.method} ${path} ${key}`, bodyHash: await sha256(body.value) }

  const value = operation.body ? parseJson(body.value, operation.body.optional) : ok({})
  const command = value.ok ? operation.toCommand({ ...input, body: value.value }) : value
  return command.ok
    ? { wanted: { ok: true, command: command.value }, idempotency }
    : { wanted: { ok: false, failure: command.error, beforeIdempotency: false }, idempotency }
}

const sha256 = async (bytes: Uint8Array): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))
