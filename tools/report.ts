/** What came back for one delivery. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly latencyMs: number
}

const WIDTH = 40

/** On a terminal a bar that grows in place; elsewhere a line for every tenth. */
export function drawProgress(done: number, total: number): void {
  const filled = Math.floor((done / total) * WIDTH)
  if (process.stderr.isTTY) {
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled)
    process.stderr.write(`\r${bar} ${done}/${total}${done === total ? "\n" : ""}`)
  } else if (Math.floor((done * 10) / total) > Math.floor(((done - 1) * 10) / total)) {
    process.stderr.write(`${done}/${total}\n`)
  }
}

/** How often which answer came, and how long the answers took. */
export function printSummary(answers: readonly Answer[], elapsedMs: number): void {
  const counts = new Map<string, number>()
  for (const answer of answers) counts.set(kindOf(answer), (counts.get(kindOf(answer)) ?? 0) + 1)
  console.log("\nAnswers")
  for (const [kind, count] of [...counts].toSorted((a, b) => b[1] - a[1]))
    console.log(`  ${String(count).padStart(7)}  ${kind}`)

  const latencies = answers.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b)
  const at = (share: number): string => latencies[Math.ceil(share * latencies.length) - 1]!.toFixed(1)
  console.log(`\nLatency, ms: half under ${at(0.5)}, 95 % under ${at(0.95)}, 99 % under ${at(0.99)}, slowest ${at(1)}`)
  console.log(
    `${answers.length} deliveries in ${(elapsedMs / 1000).toFixed(1)} s, ${((answers.length / elapsedMs) * 1000).toFixed(0)} a second`,
  )
}

/** `200 accepted`, `400 webhook_signature_invalid`, or just the status if the body says nothing. */
function kindOf({ status, text }: Answer): string {
  if (status === 0) return "no answer"
  const [, code] = /"(?:code|status)":"(\w+)"/.exec(text) ?? []
  return code ? `${status} ${code}` : String(status)
}
