import { assertOption, assertOptions, kindOf } from "../core/assert.ts"
import type { SignatureReason } from "../errors/webhook-error.ts"
import { credicorp } from "../providers/credicorp.ts"
import { checkSecrets, type SecretsInput } from "../verify/secrets.ts"
import { deliveryPromises } from "./delivery-promises.ts"
import { createBench, type ConformanceOptions, type Promised, type Wanted } from "./promise.ts"
import { sampleEvent } from "./sample-event.ts"
import { signaturePromises } from "./signature-promises.ts"

/** Tells whether one promise is kept. */
export interface CaseResult {
  /** The line of docs/spec.md that makes the promise, as `1.7`. */
  readonly spec: string
  readonly name: string
  readonly ok: boolean
  /** The answer that the spec asks for, as `400 webhook_signature_invalid`. */
  readonly want: string
  /** The answer that came, in the same form. */
  readonly got: string
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** The error of spec 4.1, or the fields of it that there are. */
  readonly error: Readonly<Record<string, unknown>>
}

interface Tried extends Promised {
  readonly ids: readonly string[]
  /** One for each delivery; text where the handler threw. */
  readonly answers: readonly (Answer | string)[]
}

/**
 * Sends a receiver more than a hundred deliveries, one after another, and reports which promises of spec 1 to 3 it keeps.
 * The status is always tested; `code` and `param` where the answer is an error in the shape of spec 4.1. Not tested are
 * promises about a failing store or handler (spec 3.12, 3.14), and about the time that a comparison takes (spec 1.10).
 *
 * @param handler Your receiver: a fetch handler, or `fetch` itself for one that listens on `url`.
 * @returns A case for each promise, kept or broken, in the order of the spec.
 * @throws {TypeError} An argument is invalid.
 * @example
 * ```ts
 * const cases = await conformance((request) => app.request(request), { secrets: [env.WEBHOOK_SECRET] })
 * const broken = cases.filter(({ ok }) => !ok).map(({ spec, name, want, got }) => `spec ${spec}: ${name}: ${want}, got ${got}`)
 * ```
 */
export async function conformance(
  handler: (request: Request) => Response | Promise<Response>,
  options: ConformanceOptions,
): Promise<readonly CaseResult[]> {
  assertOption(
    typeof handler === "function",
    `handler must be a function that answers a Request, not ${kindOf(handler)}`,
  )
  assertOptions("options", options, CONFORMANCE_OPTIONS)
  const { livemode = false, event: sample = sampleEvent("decision.completed", { livemode }) } = options
  const { secrets, now, url, toleranceSeconds } = options
  const tried: Tried[] = []
  for (const promised of [...signaturePromises(options), ...deliveryPromises(options)]) {
    const ids: string[] = []
    const answers: Promise<Answer | string>[] = []
    for (const request of promised.requests(createBench({ secrets, now, url, toleranceSeconds }, { ...sample }, ids))) {
      const answer = send(handler, request)
      if (!promised.atOnce) await answer
      answers.push(answer)
    }
    tried.push({ ...promised, ids, answers: (await Promise.all(answers)).slice(promised.preparing) })
  }
  const handled = await options.handled?.()
  return [...tried.map((each) => evaluate(each, handled)), ...evaluateTogether(tried, textsOf(secrets))]
}

const CONFORMANCE_OPTIONS: readonly (keyof ConformanceOptions)[] = [
  "secrets",
  "url",
  "now",
  "toleranceSeconds",
  "maxBodyBytes",
  "livemode",
  "unknownEvents",
  "event",
  "handled",
]

async function send(handler: Parameters<typeof conformance>[0], request: Request): Promise<Answer | string> {
  try {
    const response = await handler(request)
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, error: errorOf(text) }
  } catch (error) {
    return `threw ${String(error)}`
  }
}

function errorOf(text: string): Answer["error"] {
  try {
    return Object((JSON.parse(text) as { error?: unknown } | null)?.error) as Answer["error"]
  } catch {
    return {}
  }
}

function evaluate({ spec, name, want, ids, answers }: Tried, handled: readonly string[] | undefined): CaseResult {
  const wrong = answers.find((answer) => !isAsWanted(answer, want))
  const times = handled ? ids.map((id) => handled.filter((each) => each === id).length) : []
  const odd = times.find((count) => count !== timesOf(want))
  const got = wrong ?? answers[0]!
  const fact = odd === undefined ? "" : `, handled: ${odd}`
  return { spec, name, ok: wrong === undefined && odd === undefined, want: textOf(want), got: answerText(got) + fact }
}

/** Returns how often an event must be handled. */
const timesOf = (want: Wanted): number => (want.taken && want.handled ? 1 : 0)

function isAsWanted(answer: Answer | string, want: Wanted): boolean {
  if (typeof answer === "string") return false
  const { status, headers } = answer
  const { code, param } = answer.error as { code?: unknown; param?: unknown }
  if (want.taken) return status >= 200 && status < 300
  return (
    status === want.status &&
    (code === undefined || code === want.code) &&
    (code === undefined || want.param === undefined || param === want.param) &&
    (want.header === undefined || headers.has(want.header))
  )
}

const textOf = (want: Wanted): string =>
  want.taken
    ? `2xx${want.handled ? "" : ", handled: 0"}`
    : [want.status, want.code, want.param, want.header && `with ${want.header}`].filter(Boolean).join(" ")

const answerText = (answer: Answer | string): string =>
  typeof answer === "string"
    ? answer
    : [answer.status, answer.error["code"], answer.error["param"]].filter(Boolean).join(" ")

const REASONS: Readonly<Record<SignatureReason, true>> = {
  header_missing: true,
  header_malformed: true,
  header_too_long: true,
  too_many_signatures: true,
  signature_mismatch: true,
  timestamp_stale: true,
  timestamp_ahead: true,
  body_incomplete: true,
}

const textsOf = (secrets: SecretsInput): readonly string[] =>
  checkSecrets(secrets, credicorp).map(({ secret }) => secret)

/** Tests what only all answers together can show: that they reveal nothing (spec 1.8). */
function evaluateTogether(tried: readonly Tried[], secrets: readonly string[]): readonly CaseResult[] {
  const seen = tried.flatMap(({ want, answers }) =>
    answers.flatMap((answer) => (typeof answer === "string" ? [] : [{ want, ...answer }])),
  )
  const forged = seen.filter(({ want }) => !want.taken && want.code === "webhook_signature_invalid")
  const kinds = new Set(
    forged.map(({ status, text, error }) => `${status} ${text.replace(JSON.stringify(error["request_id"]) ?? "", "")}`),
  )
  const leaks = [...Object.keys(REASONS), ...secrets].filter((word) =>
    seen.some(({ text, headers }) => [text, ...headers.values()].some((each) => each.includes(word))),
  )
  return [
    {
      spec: "1.8",
      name: "every signature that fails gets the same answer, the id of the request aside",
      ok: kinds.size === 1,
      want: "1 answer",
      got: `${kinds.size} answers`,
    },
    {
      spec: "1.8",
      name: "no answer holds the reason or the secret",
      ok: leaks.length === 0,
      want: "neither",
      got: leaks.map((word) => (secrets.includes(word) ? "the secret" : word)).join(", ") || "neither",
    },
  ]
}
