import { RATE_BURST, RATE_PER_SECOND } from "../../endpoints/rate-limit.ts"
import { CATALOGUE, type Emitter, type ErrorCode, type ErrorType } from "../../errors/catalogue.ts"
import { classifyError } from "../../errors/classify.ts"
import { REFERENCE } from "./reference.ts"
import { HEADERS_OF_STATUS, REQUEST_ID_HEADER, toErrorBody, type ErrorBody } from "../../http/response.ts"

/** All that the reference says of one code: what `/errors/{code}` answers, and what its page is made from. */
export interface ErrorPage {
  readonly code: ErrorCode
  readonly status: number
  readonly type: ErrorType
  /** The `message` of the response. */
  readonly meaning: string
  readonly when: string
  /** Which surfaces of Countersign answer with it; none for codes of other surfaces of Credicorp's. */
  readonly emitted_by: readonly Emitter[]
  /** Whether the same request may succeed later (spec 4.6). */
  readonly retry: boolean
  readonly sender: string
  readonly receiver: string
  readonly example: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: ErrorBody
  }
}

export const ERROR_CODES = Object.keys(CATALOGUE) as readonly ErrorCode[]

const EXAMPLE_ID = "req_mU3yBq0xP_7dKw-Z"

export function toErrorPage(code: ErrorCode): ErrorPage {
  const { status, type, meaning, emittedBy } = CATALOGUE[code]
  const { when, sender, receiver = NOT_OURS, param } = REFERENCE[code]
  const headers = {
    "Content-Type": "application/json",
    [REQUEST_ID_HEADER]: EXAMPLE_ID,
    ...HEADERS_OF_STATUS[status],
    ...EXAMPLE_HEADERS[status],
  }
  const body = toErrorBody({ code, ...(param !== undefined && { param }) }, EXAMPLE_ID)
  const { retry } = classifyError(status, code)
  const example = { status, headers, body }
  return { code, status, type, meaning, when, emitted_by: emittedBy, retry, sender, receiver, example }
}

const NOT_OURS =
  "Countersign never answers with this code. It is catalogued for clients of Credicorp's other surfaces, as classifyError knows it."

/** What a route adds, as one of them does. */
const EXAMPLE_HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  405: { Allow: "POST" },
  429: {
    "RateLimit-Limit": String(RATE_BURST),
    "RateLimit-Remaining": "0",
    "RateLimit-Reset": String(RATE_BURST / RATE_PER_SECOND),
    "Retry-After": "1",
  },
}

/** A response as it is on the wire, its body laid out to be read. */
export const toText = ({ status, headers, body }: ErrorPage["example"]): string =>
  [
    `HTTP/1.1 ${status}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    JSON.stringify(body, null, 2),
  ].join("\n")
