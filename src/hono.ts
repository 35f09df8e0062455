import type { Context, MiddlewareHandler } from "hono"
import { assertOption } from "./core/assert.ts"
import { createRequestId, errorResponse, REQUEST_ID_HEADER } from "./http/response.ts"
import type { Refusal } from "./errors/webhook-error.ts"
import type { AnyEvent, EventSchemas } from "./events/schema.ts"
import { checkDelivery } from "./receiver/check-delivery.ts"
import { checkOptions, type VerifyOptions } from "./verify/options.ts"
import { createVerifier, type Verifier } from "./verify/verifier.ts"
import { parseSecrets } from "./verify/parse-secrets.ts"
import type { SecretsInput } from "./verify/secrets.ts"

export type { Undeclared } from "./events/event.ts"

/** The secrets, or their text form, or a function that finds either in the context, where Workers keep their bindings. */
export type SecretsSource = string | SecretsInput | ((c: Context) => string | SecretsInput)

/** The options of verifying, with secrets as an app finds them. */
export interface WebhookOptions<Schemas extends EventSchemas = Record<never, never>> extends Omit<
  VerifyOptions<Schemas>,
  "secrets"
> {
  readonly secrets: SecretsSource
  /** The mode of this receiver: an event of the other is refused (spec 2.5). Either is taken unless given. */
  readonly livemode?: boolean | undefined
  /** Told of every delivery that is refused: `error.reason` says why, and belongs into a log and not into the answer. */
  readonly onRefused?: ((error: Refusal, c: Context) => void) | undefined
}

/** What the middleware leaves for the route's handler. */
export interface WebhookVariables<Event> {
  /** The proven event. */
  webhook: Event
  /** Which secret signed it: during a rotation it tells whether the old one is still in use. */
  webhookSecretId: string
}

/**
 * Middleware that lets proven events through: content type (spec 3.3), everything that a verifier checks, and the mode
 * (spec 3.9) if it is told. The event is `c.var.webhook`; the body can still be read with `c.req.json()`, `text()` and
 * `arrayBuffer()`. Anything else is answered as spec 3 and 4.1 say, and the route's handler does not run. Whether a type
 * is known (spec 3.10) is yours to decide.
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
): MiddlewareHandler<{ Variables: WebhookVariables<AnyEvent<Schemas>> }> {
  const { secrets: source, livemode, onRefused, ...verifying } = options
  // What a function finds is known later; everything else is judged now.
  checkOptions({ ...verifying, secrets: typeof source === "function" ? ["not known yet"] : toSecrets(source) })
  const verifierFor = keepLast((secrets) => createVerifier<Schemas>({ ...verifying, secrets: toSecrets(secrets) }))

  return async function webhookMiddleware(c, next) {
    const requestId = createRequestId()
    const verifier = verifierFor(typeof source === "function" ? source(c) : source)
    const result = await checkDelivery(c.req.raw, { verifier, livemode })
    if (!result.ok) {
      onRefused?.(result.error, c)
      return errorResponse(result.error, requestId)
    }
    c.set("webhook", result.event)
    c.set("webhookSecretId", result.secretId)
    // The body was read from the request; this is where c.req looks for it next, and nothing older may stand beside it.
    // It keeps promises there, whatever its type says, and a body that was read is a buffer of its own.
    c.req.bodyCache = { arrayBuffer: Promise.resolve(result.body.buffer) as unknown as ArrayBuffer }
    await next()
    // Last, so that it is on a response of the handler's own making, too.
    c.header(REQUEST_ID_HEADER, requestId)
    return undefined
  }
}

function toSecrets(secrets: string | SecretsInput | undefined): SecretsInput {
  assertOption(secrets !== undefined, "secrets: there is none; is the binding set, and its name spelt right?")
  return typeof secrets === "string" ? parseSecrets(secrets) : secrets
}

/** Keys are prepared anew only when the secrets change, and a list is compared by what is in it. */
function keepLast<Event>(
  create: (secrets: string | SecretsInput) => Verifier<Event>,
): (secrets: string | SecretsInput) => Verifier<Event> {
  let last: { readonly text: string; readonly verifier: Verifier<Event> } | undefined
  return (secrets) => {
    const text = typeof secrets === "string" ? secrets : JSON.stringify(secrets)
    if (!last || last.text !== text) last = { text, verifier: create(secrets) }
    return last.verifier
  }
}
