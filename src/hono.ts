import type { Context, HonoRequest, MiddlewareHandler } from "hono"
import { assertOption, assertOptions, kindOf } from "./core/assert.ts"
import { ok, type Result } from "./core/result.ts"
import { refuseBody, type Refusal } from "./errors/webhook-error.ts"
import type { AnyEvent, EventSchemas } from "./events/schema.ts"
import { createRequestId, errorResponse, REQUEST_ID_HEADER } from "./http/response.ts"
import { credicorp } from "./providers/credicorp.ts"
import type { SecretFormat } from "./providers/provider.ts"
import { checkDelivery } from "./receiver/check-delivery.ts"
import { checkOptions, checkOthers, VERIFY_OPTIONS, type VerifyOptions } from "./verify/options.ts"
import { parseSecrets } from "./verify/parse-secrets.ts"
import { checkSecrets, type CheckedSecret, type SecretsInput } from "./verify/secrets.ts"
import { createVerifier, type Verifier } from "./verify/verifier.ts"

export type { Undeclared } from "./events/event.ts"

/** A secret that is fetched for each request, such as a binding of Cloudflare's Secrets Store. */
export interface SecretsBinding {
  /** Returns the text form of the secrets, as `parseSecrets` takes it. */
  get(): Promise<string>
}

/** Secrets in one of their forms: text for `parseSecrets`, a list, or a binding that returns the text. */
export type SecretsFound = string | SecretsInput | SecretsBinding

/** The secrets; or a function that finds them in the context, where Workers keep their bindings, at once or later. */
export type SecretsSource = SecretsFound | ((c: Context) => SecretsFound | Promise<SecretsFound>)

/** The options of verifying, with secrets as an app finds them. */
export interface WebhookOptions<Schemas extends EventSchemas = Record<never, never>> extends Omit<
  VerifyOptions<Schemas>,
  "secrets"
> {
  readonly secrets: SecretsSource
  /** The mode of this receiver: an event of the other mode is refused (spec 2.5). Both are accepted unless given. */
  readonly livemode?: boolean | undefined
  /** Called for every delivery that is refused. `error.reason` says why; log it, and never send it (spec 1.8). */
  readonly onRefused?: ((error: Refusal, c: Context) => void) | undefined
}

/** What the middleware sets for the route's handler. */
export interface WebhookVariables<Event> {
  /** The proven event. */
  webhook: Event
  /** The secret that signed it. During a rotation it tells whether the old one is still in use. */
  webhookSecretId: string
}

/**
 * Creates middleware that lets only proven events through. It checks the content type (spec 3.3), everything that a
 * verifier checks, and the mode (spec 3.9) if `livemode` is given. The event is `c.var.webhook`. Any other request is
 * answered as spec 3 and 4.1 say, and the route's handler does not run. Whether a type is known (spec 3.10) is up to you.
 *
 * The body can be read again after it, with `c.req.json()`, `text()` and `arrayBuffer()` or from `c.req.raw`. Middleware
 * before it may read the body with `c.req.arrayBuffer()`, `blob()` or `text()`, which keep the bytes; not from `c.req.raw`.
 *
 * @throws {TypeError} An option is invalid, or the body was read before in a way that loses its bytes. Secrets from a
 *   function or a binding are checked when they are first used. The app's `onError` gets the error, and no event passes.
 * @example
 * ```ts
 * app.post("/webhooks/credicorp", webhook({ secrets: (c) => c.env.WEBHOOK_SECRETS }), (c) => {
 *   const event = c.var.webhook
 *   return c.json({ received: true, id: event.id })
 * })
 * ```
 */
export function webhook<const Schemas extends EventSchemas = Record<never, never>>(
  options: WebhookOptions<Schemas>,
): MiddlewareHandler<{ Variables: WebhookVariables<AnyEvent<Schemas>> }> {
  assertOptions("options", options, [...VERIFY_OPTIONS, "livemode", "onRefused"])
  const { secrets: source, livemode, onRefused, ...verifying } = options
  assertOption(
    livemode === undefined || typeof livemode === "boolean",
    `livemode must be true or false, not ${kindOf(livemode)}`,
  )
  assertOption(
    onRefused === undefined || typeof onRefused === "function",
    `onRefused must be a function, not ${kindOf(onRefused)}`,
  )
  const format: SecretFormat = verifying.provider ?? credicorp
  if (typeof source === "function" || isBinding(source)) checkOthers({ ...verifying, secrets: [] })
  else checkOptions({ ...verifying, secrets: toChecked(source, format) })
  const verifierOf = keepLast(format, (secrets) => createVerifier<Schemas>({ ...verifying, secrets }))

  return async function webhookMiddleware(c, next) {
    const requestId = createRequestId()
    const found = typeof source === "function" ? await source(c) : source
    const verifier = verifierOf(isBinding(found) ? await found.get() : found)
    const unread = await findUnread(c.req)
    const result = unread.ok ? await checkDelivery(unread.value, { verifier, livemode }) : unread
    if (!result.ok) {
      onRefused?.(result.error, c)
      return errorResponse(result.error, requestId)
    }
    c.set("webhook", result.event)
    c.set("webhookSecretId", result.secretId)
    keepBody(c.req, result.body)
    await next()
    // After the handler, so that a response that it makes has the header, too.
    c.header(REQUEST_ID_HEADER, requestId)
    return undefined
  }
}

const isBinding = (found: unknown): found is SecretsBinding =>
  typeof found === "object" && found !== null && "get" in found && typeof found.get === "function"

function toChecked(found: unknown, format: SecretFormat): readonly CheckedSecret[] {
  assertOption(
    typeof found === "string" || Array.isArray(found),
    `secrets must be text, a list or a Secrets Store binding, not ${kindOf(found)}: is the binding set, and its name spelt right?`,
  )
  return typeof found === "string" ? parseSecrets(found, { provider: format }) : checkSecrets(found, format)
}

/**
 * Keeps the last verifier for as long as the secrets are the same, because its keys cost more than a delivery. The secrets
 * are compared as they were checked, field by field. A serialisation would lose what a `toJSON` leaves out, and one tenant's
 * verifier would serve another.
 */
function keepLast<Event>(
  format: SecretFormat,
  create: (secrets: readonly CheckedSecret[]) => Verifier<Event>,
): (found: unknown) => Verifier<Event> {
  let last: { found: unknown; checked: readonly CheckedSecret[]; verifier: Verifier<Event> } | undefined
  return (found) => {
    // Text cannot change in place, as a list can.
    if (typeof found === "string" && last?.found === found) return last.verifier
    const checked = toChecked(found, format)
    if (!last || !isSameList(last.checked, checked)) last = { found, checked, verifier: create(checked) }
    return last.verifier
  }
}

const isSameList = (a: readonly CheckedSecret[], b: readonly CheckedSecret[]): boolean =>
  a.length === b.length && a.every((secret, i) => isSame(secret, b[i]!))

const isSame = (a: CheckedSecret, b: CheckedSecret): boolean =>
  a.id === b.id && a.secret === b.secret && a.notBefore === b.notBefore && a.notAfter === b.notAfter

/** Bodies as `c.req` keeps them, by the method that read them: promises, whatever its type says. */
type BodyCache = Readonly<Record<string, Promise<unknown> | undefined>>

/**
 * Finds a request whose body can be read: the raw one, or one with the bytes that `c.req` kept when something read it.
 *
 * @throws {TypeError} The body was read in a way that loses its bytes.
 */
async function findUnread(req: HonoRequest): Promise<Result<Request, Refusal>> {
  const { raw } = req
  if (!raw.bodyUsed && !raw.body?.locked) return ok(raw)
  const { arrayBuffer, blob, text } = req.bodyCache as unknown as BodyCache
  const kept = arrayBuffer ?? blob ?? text
  assertOption(
    kept,
    "webhook() must come before middleware that reads the body from c.req.raw or with c.req.json(): the signed bytes are gone",
  )
  let body: BodyInit
  try {
    body = (await kept) as BodyInit
  } catch {
    // The earlier middleware met the same failure: the body is incomplete.
    return refuseBody("incomplete")
  }
  return ok(new Request(raw, { method: raw.method, body }))
}

/** Lets the proven bytes be read again, with the methods of `c.req` and from `c.req.raw`. */
function keepBody(req: HonoRequest, body: Uint8Array<ArrayBuffer>): void {
  // Replaces older entries. A body that was read from a request has a buffer of its own.
  req.bodyCache = { arrayBuffer: Promise.resolve(body.buffer) as unknown as ArrayBuffer }
  const spent = req.raw
  let fresh: Request | undefined
  // Made only when it is used: most handlers need no second request.
  Object.defineProperty(req, "raw", {
    configurable: true,
    enumerable: true,
    get: () => (fresh ??= new Request(spent, { method: spent.method, body })),
    set: (request: Request) => {
      fresh = request
    },
  })
}
