import { RATE_BURST, RATE_PER_SECOND } from "../../endpoints/rate-limit.ts"
import { CATALOGUE, type Emitter, type ErrorCode, type ErrorType } from "../../errors/catalogue.ts"
import { classifyError } from "../../errors/classify.ts"
import { REFERENCE } from "./reference.ts"
import { HEADERS_OF_STATUS, REQUEST_ID_HEADER, toErrorBody, type ErrorBody } from "../../http/response.ts"

/** Everything the reference says of one code: the answer of `/errors/{code}`, and what its pages are made from. */
export interface ErrorPage {
  readonly code: ErrorCode
  readonly status: number
  readonly type: ErrorType
  /** The `message` of the response. */
  readonly meaning: string
  readonly when: string
  /** The surfaces of Countersign that answer with it; empty for codes of other services of Credicorp. */
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

/** Whether this Worker ever answers with the code. */
export const isSent = ({ emitted_by }: Pick<ErrorPage, "emitted_by">): boolean => emitted_by.length > 0

export const EMITTER_NAMES: Readonly<Record<Emitter, string>> = {
  receiver: "the receiver",
  endpoints: "the registry of endpoints",
}

/** The codes in groups that a reader looks for. */
export const GROUPS: readonly { readonly title: string; readonly statuses: readonly number[] }[] = [
  { title: "Form of the request", statuses: [400, 415] },
  { title: "Credentials", statuses: [401, 403] },
  { title: "Address and method", statuses: [404, 405] },
  { title: "Content of the request", statuses: [422] },
  { title: "Earlier requests", statuses: [409, 429] },
  { title: "Faults of the server: try again", statuses: [500, 503] },
]

/** Names that are set as code: of codes, fields and variables, of headers, and the properties of an error. */
const CODE =
  /((?:\b[A-Za-z]+(?:_[A-Za-z0-9]*)+|\b[A-Z][a-z]+(?:-[A-Z][A-Za-z]*)+|\berror\.[a-z]+|\bwebhooks:[a-z]+|\b[a-z]+[A-Z]\w+|\b(?:Allow|Authorization)(?= header))\b)/

/** Splits a text at the names in it that are set as code. */
export const splitCode = (text: string): readonly { readonly text: string; readonly isCode: boolean }[] =>
  // The capturing group puts its matches at the odd indexes.
  text.split(CODE).map((part, index) => ({ text: part, isCode: index % 2 === 1 }))

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
  "Countersign never answers with this code. It is listed for clients of Credicorp's other services, and classifyError knows it."

/** The headers that a route adds, in an example. */
const EXAMPLE_HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  405: { Allow: "POST" },
  429: {
    "RateLimit-Limit": String(RATE_BURST),
    "RateLimit-Remaining": "0",
    "RateLimit-Reset": String(RATE_BURST / RATE_PER_SECOND),
    "Retry-After": "1",
  },
}

/** Writes a response as it is on the wire, with an indented body. */
export const toText = ({ status, headers, body }: ErrorPage["example"]): string =>
  [
    `HTTP/1.1 ${status}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    JSON.stringify(body, null, 2),
  ].join("\n")
