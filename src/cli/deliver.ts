import { NoAnswer, type Io } from "./io.ts"

/** The sender gives up after this (spec 3.13). */
const TIMEOUT_MS = 10_000

/** The answer to one delivery. A status of 0 stands for none. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly latencyMs: number
  /** The header `Date`. */
  readonly date: string | null
}

/** Sends one delivery. @throws {NoAnswer} There is no answer in time. */
export async function deliver(delivery: Request, io: Io): Promise<Answer> {
  const startedAt = performance.now()
  try {
    // Like the sender, it does not follow redirects (spec 3.13).
    const response = await io.fetch(delivery, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await response.text()
    return {
      status: response.status,
      text,
      latencyMs: performance.now() - startedAt,
      date: response.headers.get("date"),
    }
  } catch (error) {
    const { cause, name } = error as Error
    const reason = cause instanceof Error ? cause.message : name === "TimeoutError" ? "it took over 10 s" : ""
    throw new NoAnswer(`No answer from ${new URL(delivery.url).origin}${reason && `: ${reason}`}. Is it running?`)
  }
}

/** Prints how often each answer came, and how long the answers took. */
export function printSummary(answers: readonly Answer[], elapsedMs: number, io: Io): void {
  const counts = new Map<string, number>()
  for (const answer of answers) counts.set(kindOf(answer), (counts.get(kindOf(answer)) ?? 0) + 1)
  io.out("\nAnswers")
  for (const [kind, count] of [...counts].toSorted((a, b) => b[1] - a[1]))
    io.out(`  ${String(count).padStart(7)}  ${kind}`)

  const latencies = answers.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b)
  const at = (share: number): string => latencies[Math.ceil(share * latencies.length) - 1]!.toFixed(1)
  io.out(`\nLatency, ms: half under ${at(0.5)}, 95 % under ${at(0.95)}, 99 % under ${at(0.99)}, slowest ${at(1)}`)
  io.out(
    `${answers.length} deliveries in ${(elapsedMs / 1000).toFixed(1)} s, ${((answers.length / elapsedMs) * 1000).toFixed(0)} a second`,
  )
}

/** Returns `200 accepted`, `400 webhook_signature_invalid`, or just the status if the body has no such field. */
function kindOf({ status, text }: Answer): string {
  if (status === 0) return "no answer"
  const [, code] = /"(?:code|status)":"(\w+)"/.exec(text) ?? []
  return code ? `${status} ${code}` : String(status)
}
