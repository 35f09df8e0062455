// npm run send: what the provider would do, from this desk.

import { isEventType } from "../src/events/envelope.ts"
import { parseSecrets, type Secret } from "../src/index.ts"
import { faults, SAMPLE_TYPES, sampleEvent, signedRequest } from "../src/testing.ts"
import { isThisMachine } from "./call.ts"
import { readArgs, UsageError } from "./command.ts"
import { readDevVars } from "./dev-vars.ts"
import { drawProgress, printSummary, type Answer } from "./report.ts"
import { toPrintable } from "../src/core/printable.ts"

const HELP = `
Signs a sample event as the provider does, sends it, and prints what was sent and what came back.

  npm run send -- <type> [options]

Types with a sample payload (any other dotted lower-case type gets a payload of just an id):
${SAMPLE_TYPES.map((type) => `  ${type}`).join("\n")}

Where and what
  --url <url>          where to send it (http://localhost:8787/webhooks/credicorp);
                       anything but this machine needs --yes
  --yes                yes, send it to another machine
  --data <json>        the payload (data.object), instead of the sample
  --live               an event of live mode; without it livemode is false

Break it, one way at a time
  --tamper             a byte more after signing             → webhook_signature_invalid
  --truncate           a byte less after signing             → webhook_signature_invalid
  --reencode           parse it and write it anew            → webhook_signature_invalid
  --stale              sign it six minutes ago               → webhook_signature_invalid
  --ahead              sign it six minutes ahead             → webhook_signature_invalid
  --wrong-secret       sign it with a random secret          → webhook_signature_invalid
  --unsigned           leave the signature out               → webhook_signature_missing
  --malformed <way>    a signature header that breaks one rule;
                       a way that is none makes it list them
  --duplicate          send the same event twice, each time freshly signed

Many
  --count <n>          send n events, then print a summary of answers and latencies (1)
  --concurrency <n>    how many at a time (16)

The secret is the first of WEBHOOK_SECRETS, from the environment if it is set there, else from .dev.vars.
Exit code: 0 if every answer was 2xx, 1 if one was not, 2 if the command is wrong, 3 if there was no answer.
`

/** The sender gives up after this (spec 3.13). */
const TIMEOUT_MS = 10_000

/** Flag → the fault of countersign/testing that it stands for. */
const FAULTS = {
  tamper: faults.tampered,
  truncate: faults.truncated,
  reencode: faults.reencoded,
  stale: faults.stale,
  ahead: faults.ahead,
  "wrong-secret": faults.wrongSecret,
  unsigned: faults.unsigned,
  duplicate: faults.duplicate,
} as const

const FLAGS = Object.fromEntries(
  Object.keys(FAULTS).map((name) => [name, { type: "boolean", default: false }]),
) as Record<keyof typeof FAULTS, { type: "boolean"; default: false }>

type Options = ReturnType<typeof readOptions>

const OPTIONS = {
  url: { type: "string", default: "http://localhost:8787/webhooks/credicorp" },
  yes: { type: "boolean", default: false },
  data: { type: "string" },
  live: { type: "boolean", default: false },
  ...FLAGS,
  malformed: { type: "string" },
  count: { type: "string", default: "1" },
  concurrency: { type: "string", default: "16" },
  help: { type: "boolean", default: false },
} as const

function readOptions() {
  const { values, positionals } = readArgs("send", OPTIONS)
  const [type, ...rest] = positionals
  return { ...values, type, rest }
}

function checkOptions(options: Options) {
  const { type, rest, url, yes, data } = options
  if (!isEventType(type) || rest.length > 0) {
    throw new UsageError(`name one event type, as ${SAMPLE_TYPES[1]}: got ${[type, ...rest].join(" ") || "none"}`)
  }
  const target = URL.canParse(url) ? new URL(url) : undefined
  if (!target || !/^https?:$/.test(target.protocol))
    throw new UsageError(`--url must be an http or https URL: got ${url}`)
  if (!isThisMachine(target.hostname) && !yes) {
    throw new UsageError(`${target.hostname} is not this machine: add --yes if you mean it`)
  }
  if (process.env["NODE_USE_ENV_PROXY"] && !yes) {
    throw new UsageError("NODE_USE_ENV_PROXY would send it through a proxy: unset it, or add --yes if you mean it")
  }
  return {
    ...options,
    type,
    target,
    payload: data === undefined ? undefined : parsePayload(data),
    count: wholeNumber("--count", options.count),
    concurrency: wholeNumber("--concurrency", options.concurrency),
    fault: chooseFault(options),
    secrets: readSecrets(),
  }
}

/** What to do to an event; without a flag nothing is. */
function chooseFault(options: Options): (...made: Parameters<typeof signedRequest>) => Request | readonly Request[] {
  const flags = (Object.keys(FAULTS) as (keyof typeof FAULTS)[]).filter((name) => options[name])
  const { malformed: way } = options
  if (flags.length + (way === undefined ? 0 : 1) > 1) throw new UsageError("one way to break it at a time")
  if (way !== undefined && !Object.hasOwn(faults.malformed, way)) {
    throw new UsageError(`--malformed takes one of ${Object.keys(faults.malformed).join(", ")}: got ${way}`)
  }
  if (way !== undefined) return faults.malformed[way as keyof typeof faults.malformed]
  return flags[0] === undefined ? signedRequest : FAULTS[flags[0]]
}

function parsePayload(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Said below.
  }
  throw new UsageError(`--data must be a JSON object, as '{"id":"dec_1"}'`)
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(`${name} must be a whole number from 1: got ${text}`)
  return number
}

/** The first secret alone: one signature is what the sender makes outside of a rotation. */
function readSecrets(): readonly Secret[] {
  const text = process.env["WEBHOOK_SECRETS"] ?? readDevVars()["WEBHOOK_SECRETS"]
  if (text === undefined) {
    throw new UsageError("there is no secret: run npm start once (it makes .dev.vars), or set WEBHOOK_SECRETS")
  }
  return parseSecrets(text).slice(0, 1)
}

type Plan = ReturnType<typeof checkOptions>

/** The deliveries of a fresh event: signed now, then broken as asked. */
function toDeliveries({ type, live: livemode, payload, fault, secrets, target }: Plan): readonly Request[] {
  const event = sampleEvent(type, { livemode, ...(payload && { data: { object: payload } }) })
  return [fault(event, { secrets, url: target.href })].flat()
}

async function deliver(delivery: Request): Promise<Answer> {
  const startedAt = performance.now()
  // Like the sender, it does not follow redirects (spec 3.13).
  const response = await fetch(delivery, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) })
  const text = await response.text()
  return { status: response.status, text, latencyMs: performance.now() - startedAt }
}

async function sendOne(plan: Plan): Promise<boolean> {
  let allTaken = true
  for (const delivery of toDeliveries(plan)) {
    const sent = await delivery.clone().text()
    const { status, text, latencyMs } = await deliver(delivery)
    console.log(`\nPOST ${plan.target.href}`)
    for (const [name, value] of delivery.headers) console.log(`${name}: ${value.replace(/(v1=.{8})[^,]*/g, "$1…")}`)
    console.log(`\n${sent}\n\n→ ${status} in ${latencyMs.toFixed(0)} ms\n${toPrintable(text.slice(0, 4_000))}`)
    allTaken &&= status >= 200 && status < 300
  }
  return allTaken
}

/** Among many, one that gets no answer is a kind of answer, too. */
async function deliverOrFail(delivery: Request): Promise<Answer> {
  const startedAt = performance.now()
  try {
    return await deliver(delivery)
  } catch {
    return { status: 0, text: "", latencyMs: performance.now() - startedAt }
  }
}

async function sendMany(plan: Plan): Promise<boolean> {
  const answers: Answer[] = []
  let next = 0
  const startedAt = performance.now()
  const worker = async (): Promise<void> => {
    while (next++ < plan.count) {
      for (const delivery of toDeliveries(plan)) answers.push(await deliverOrFail(delivery))
      drawProgress(answers.length, plan.count * (plan.duplicate ? 2 : 1))
    }
  }
  await Promise.all(Array.from({ length: Math.min(plan.concurrency, plan.count) }, worker))
  if (answers.every(({ status }) => status === 0)) throw new Error("not one of them was answered")
  printSummary(answers, performance.now() - startedAt)
  return answers.every(({ status }) => status >= 200 && status < 300)
}

async function main(): Promise<number> {
  const options = readOptions()
  if (options.help || process.argv.length === 2) {
    console.log(HELP)
    return 0
  }
  const plan = checkOptions(options)
  try {
    return (await (plan.count === 1 ? sendOne(plan) : sendMany(plan))) ? 0 : 1
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
    console.error(
      `\nNo answer from ${plan.target.origin}: ${cause || "connection refused"}${plan.yes ? "" : "\nIs it running? npm start"}`,
    )
    return 3
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  // What parseSecrets throws is a TypeError.
  if (!(error instanceof UsageError) && !(error instanceof TypeError)) throw error
  console.error(`${error.message}\nnpm run send -- --help lists what there is.`)
  process.exitCode = 2
}
