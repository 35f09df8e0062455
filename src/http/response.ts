import { CATALOGUE, type ErrorCode, type ErrorType } from "../errors/catalogue.ts"

/** `Retry-After` of a 503, in seconds. The sender's own schedule starts at a minute. */
export const RETRY_AFTER_SECONDS = 30

/** The header of every response that names its request; errors repeat it as `error.request_id` (spec 4.1). */
export const REQUEST_ID_HEADER = "Credicorp-Request-Id"

/** The headers of a 503. */
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
   * Replaces the catalogue's text. It is a fixed sentence that repeats nothing of the request and no reason of spec 1.9. It is
   * not called `message`, because the message of a `WebhookError` has the reason, which must not be sent.
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

/** Returns the headers of every response. None may be cached: each is about one request, and some hold a secret. */
export const everyHeader = (requestId: string): Readonly<Record<string, string>> => ({
  "Cache-Control": "no-store",
  [REQUEST_ID_HEADER]: requestId,
})

/** Makes a JSON response with the request's id. `nosniff` stops a browser from showing text in it as a page. */
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

/** Makes a response without a body. */
export const emptyResponse = (status: 204, requestId: string, headers?: Readonly<Record<string, string>>): Response =>
  new Response(null, { status, headers: { ...everyHeader(requestId), ...headers } })

/** The headers of a status, on every route. */
export const HEADERS_OF_STATUS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { "WWW-Authenticate": "Bearer" },
  503: RETRY_LATER,
}

/**
 * Makes an error response (spec 4.1).
 *
 * @param headers Further headers of the code: `Allow` with 405, `Retry-After` with 429.
 */
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

/** Random bytes for 64 ids. Asking for 16 at a time costs more than the rest of making an id. */
const random = new Uint8Array(64 * ID_BYTES)
let used = random.length

/** Makes a request id: `req_` and 16 characters with 96 random bits. An id that was sent in is ignored (spec 4.1). */
export function createRequestId(): string {
  if (used === random.length) {
    crypto.getRandomValues(random)
    used = 0
  }
  let id = "req_"
  for (const end = used + ID_BYTES; used < end; used++) id += ALPHABET[random[used]! & 63]
  return id
}

/**
 * Adds `error.doc_url`, the page of the code (spec 4.1), to an error response. It is added as the response leaves, so that no
 * route needs to know the address.
 *
 * @param response An error, as `errorResponse` makes it.
 * @param docsUrl The address of the pages, without a slash at its end.
 */
export async function withDocUrl(response: Response, docsUrl: string): Promise<Response> {
  const body = (await response.json()) as ErrorBody
  const error = { ...body.error, doc_url: `${docsUrl}/${body.error.code}` }
  return new Response(JSON.stringify({ ...body, error }), response)
}
