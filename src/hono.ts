import type { Context, MiddlewareHandler } from "hono"
import { checkContentType } from "./core/content-type.ts"
import { refuseContentType } from "./errors/refuse.ts"
import { createRequestId, errorResponse, REQUEST_ID_HEADER } from "./errors/response.ts"
import type { AnyEvent, EventSchemas } from "./events/schema.ts"
import type { VerifyOptions } from "./verifier-options.ts"
import { createVerifier, type Verifier } from "./verifier.ts"
import { parseSecrets } from "./verify/parse-secrets.ts"
import type { SecretsInput } from "./verify/secrets.ts"

/** The secrets, or their text form, or a function that finds either in the context, where Workers keep their bindings. */
export type SecretsSource = string | SecretsInput | ((c: Context) => string | SecretsInput)

/** The options of verifying, with secrets as an app finds them. */
export interface WebhookOptions<Schemas extends EventSchemas = Record<never, never>> extends Omit<
  VerifyOptions<Schemas>,
  "secrets"
> {
  readonly secrets: SecretsSource
}

/**
 * Middleware that lets proven events through: content type (spec 3.3), then everything that a verifier checks. The event
 * is `c.var.webhook`; the body can still be read with `c.req.json()`, `text()` and `arrayBuffer()`. Anything else is
 * answered as spec 3 and 4.1 say, and the route's handler does not run.
 *
 * Put it before whatever reads the body.
 *
 * @throws {TypeError} An option is unsound, or the body was already read; secrets from a function are judged when they
 *   are first used. The app's `onError` gets it, and no event passes.
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
): MiddlewareHandler<{ Variables: { webhook: AnyEvent<Schemas> } }> {
  const { secrets: source } = options
  const verifierFor = keepLast((secrets: string | SecretsInput) =>
    createVerifier({ ...options, secrets: typeof secrets === "string" ? parseSecrets(secrets) : secrets }),
  )
  // What a function finds is known later; everything else is judged now.
  if (typeof source === "function") createVerifier({ ...options, secrets: ["found in the context"] })
  else verifierFor(source)

  return async function webhookMiddleware(c, next) {
    const requestId = createRequestId()
    const verifier: Verifier<AnyEvent<Schemas>> = verifierFor(typeof source === "function" ? source(c) : source)
    const contentType = checkContentType(c.req.raw.headers)
    const result = contentType.ok ? await verifier.checkRequest(c.req.raw) : refuseContentType(contentType.error)
    if (!result.ok) return errorResponse(result.error, requestId)
    c.set("webhook", result.event)
    // The body was read from the request; this is where c.req looks for it next. It keeps promises there, whatever its
    // type says, and a body that was read is a buffer of its own.
    c.req.bodyCache.arrayBuffer = Promise.resolve(result.body.buffer) as unknown as ArrayBuffer
    await next()
    // Last, so that it is on a response of the handler's own making, too.
    c.header(REQUEST_ID_HEADER, requestId)
    return undefined
  }
}

/** Keys are prepared anew only when the secrets change. */
function keepLast<Key, Value>(create: (key: Key) => Value): (key: Key) => Value {
  let last: { readonly key: Key; readonly value: Value } | undefined
  return (key) => {
    if (!last || last.key !== key) last = { key, value: create(key) }
    return last.value
  }
}
