import { CATALOGUE, type ErrorCode, type ErrorType } from "../errors/catalogue.ts"

/** How long a sender is told to wait when we cannot take its delivery now; the sender's own schedule starts at a minute. */
export const RETRY_AFTER_SECONDS = 30

/** Header of every response, and `error.request_id` of every error (spec 4.1). */
export const REQUEST_ID_HEADER = "Credicorp-Request-Id"

/** What goes with a 503: when to try again. */
export const RETRY_LATER: Readonly<Record<string, string>> = { "Retry-After": String(RETRY_AFTER_SECONDS) }

/** The body of every error response (spec 4.1). */
export interface ErrorBody {
  readonly error: {
    readonly type: ErrorType
    readonly code: ErrorCode
    readonly message: string
    readonly request_id: string
    readonly param?: string
  }
}

/** What an error response says. */
export interface ErrorFacts {
  readonly code: ErrorCode
  /** The field that failed. */
  readonly param?: string
  /**
   * Replaces the catalogue's text. A fixed sentence: it repeats nothing of the request, and no reason of spec 1.9. Not called
   * `message`, so that a `WebhookError`, whose message has the reason, can be answered without telling it.
   */
  readonly publicMessage?: string
}

export const toErrorBody = ({ code, param, publicMessage }: ErrorFacts, requestId: string): ErrorBody => ({
  error: {
    type: CATALOGUE[code].type,
    code,
    message: publicMessage ?? CATALOGUE[code].meaning,
    request_id: requestId,
    ...(param !== undefined && { param }),
  },
})

/** What every response carries. None is for a cache: each is about one request, and some hold a secret. */
export const everyHeader = (requestId: string): Readonly<Record<string, string>> => ({
  "Cache-Control": "no-store",
  [REQUEST_ID_HEADER]: requestId,
})

/** Makes a JSON response with the request's id. `nosniff`: no browser takes text in it for a page. */
export const jsonResponse = (
  status: number,
  body: object,
  requestId: string,
  headers?: Readonly<Record<string, string>>,
): Response =>
  new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/json",
      "X-Content-Type-Options": "nosniff",
      ...everyHeader(requestId),
      ...headers,
    },
  })

/** A response without a body. */
export const emptyResponse = (status: 204, requestId: string, headers?: Readonly<Record<string, string>>): Response =>
  new Response(null, { status, headers: { ...everyHeader(requestId), ...headers } })

/** What goes with a status, whoever answers it. */
export const HEADERS_OF_STATUS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { "WWW-Authenticate": "Bearer" },
  503: RETRY_LATER,
}

/** @param headers What goes with the code beyond that: `Allow` with 405, `Retry-After` with 429. */
export const errorResponse = (
  facts: ErrorFacts,
  requestId: string,
  headers?: Readonly<Record<string, string>>,
): Response => {
  const { status } = CATALOGUE[facts.code]
  return jsonResponse(status, toErrorBody(facts, requestId), requestId, {
    ...HEADERS_OF_STATUS[status],
    ...headers,
  })
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

const ID_BYTES = 16

/** Random bytes for many ids: to ask for 16 at a time costs more than everything else that an id takes. */
const random = new Uint8Array(64 * ID_BYTES)
let used = random.length

/** A request id of our own: `req_` and 16 characters that hold 96 random bits. One that was sent in is ignored (spec 4.1). */
export function createRequestId(): string {
  if (used === random.length) {
    crypto.getRandomValues(random)
    used = 0
  }
  let id = "req_"
  for (const end = used + ID_BYTES; used < end; used++) id += ALPHABET[random[used]! & 63]
  return id
}
