import { randomUUID } from "node:crypto"
import { InvalidArgumentError, Option, type Command } from "commander"
import { isEventType } from "../../events/envelope.ts"
import { createHeaderLookup } from "../../http/headers.ts"
import { signWebhook, type Secret } from "../../index.ts"
import type { AnyProvider } from "../../providers/provider.ts"
import { faults, SAMPLE_TYPES, sampleEvent, signedRequest } from "../../testing.ts"
import {
  findProvider,
  nearest,
  parseHeaders,
  readInput,
  readSecret,
  toSecrets,
  withSecret,
  type DeliveryOptions,
} from "../delivery.ts"
import { EXIT, NoAnswer, UsageError, type Context, type Io } from "../io.ts"
import { toPrintable } from "../../core/printable.ts"
import { deliver, printSummary, type Answer } from "../deliver.ts"
import { findOrigin, isThisMachine, readVariable, withServer, type ServerOptions } from "../server.ts"

/** Option → the fault of countersign/testing that it makes, and what the option says. */
const FAULTS = {
  tamper: [faults.tampered, "a byte more after signing → webhook_signature_invalid"],
  truncate: [faults.truncated, "a byte less after signing → webhook_signature_invalid"],
  reencode: [faults.reencoded, "parsed and written anew → webhook_signature_invalid"],
  stale: [faults.stale, "signed six minutes ago → webhook_signature_invalid"],
  ahead: [faults.ahead, "signed six minutes ahead → webhook_signature_invalid"],
  "wrong-secret": [faults.wrongSecret, "signed with a random secret → webhook_signature_invalid"],
  unsigned: [faults.unsigned, "without the signature → webhook_signature_missing"],
  duplicate: [faults.duplicate, "the same event twice, each time freshly signed → both are acknowledged"],
} as const

interface SendOptions
  extends
    ServerOptions,
    Pick<DeliveryOptions, "provider" | "secret" | "secretEnv" | "secretFile" | "body" | "headers"> {
  readonly url?: string
  readonly yes?: boolean
  readonly data?: string
  readonly live?: boolean
  readonly malformed?: string
  readonly count: number
  readonly concurrency: number
}

type Fault = (...made: Parameters<typeof signedRequest>) => Request | readonly Request[]

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1.")
  return Number(text)
}

/** `countersign send`: a delivery as the provider makes it. */
export const addSend = (program: Command, { io, exit }: Context): void => {
  const command = withSecret(program.command("send"))
    .argument("[type]", "the event type; types with a sample payload are listed below")
    .summary("sign an event as the provider does and send it")
    .description(
      "Signs an event as the provider does, sends it, and prints what was sent and what came back. Exits 0 if every answer was 2xx. The secret is the first of WEBHOOK_SECRETS, from the environment or .dev.vars, unless one is named.",
    )
    .option("--url <url>", "the full URL to send it to (default: /webhooks/<provider> of the server)")
    .option("--yes", "send it to another machine, too")
    .option("-b, --body <file>", "send this body, byte for byte, instead of a sample; - is standard input")
    .option("-H, --headers <file>", "headers to send with --body: JSON, or raw lines")
    .option("--data <json>", "the payload (data.object) of the sample")
    .option("--live", "an event of live mode; without it livemode is false")
  for (const [name, [, text]] of Object.entries(FAULTS)) command.option(`--${name}`, text)
  withServer(command)
    .addOption(
      new Option("--malformed <way>", "a signature header that breaks one rule").choices(Object.keys(faults.malformed)),
    )
    .option("--count <number>", "how many events; then it prints a summary", wholeNumber, 1)
    .option("--concurrency <number>", "how many at a time", wholeNumber, 16)
    .addHelpText(
      "after",
      `
Types with a sample payload (any other dotted lower-case type gets a payload of just an id):
${SAMPLE_TYPES.map((type) => `  ${type}`).join("\n")}

Examples:
  $ countersign send decision.completed
  $ countersign send payment.settled --tamper
  $ countersign send -p stripe --secret-env STRIPE_SECRET --body event.json --url http://localhost:3000/hooks`,
    )
    .action(async (type: string | undefined, options: SendOptions) => {
      const plan = await makePlan(type, options, io)
      const allTaken = plan.count === 1 ? await sendOne(plan, io) : await sendMany(plan, io)
      exit(allTaken ? EXIT.ok : EXIT.invalid)
    })
}

interface Plan {
  readonly target: URL
  readonly count: number
  readonly concurrency: number
  /** Makes the deliveries of a fresh event, signed now. */
  readonly make: () => readonly Request[]
}

async function makePlan(type: string | undefined, options: SendOptions, io: Io): Promise<Plan> {
  const provider = findProvider(options.provider)
  const target = findTarget(options, provider, io)
  if (type !== undefined && options.body !== undefined) throw new UsageError("Give an event type or --body, not both.")
  const make =
    options.body === undefined
      ? makeSamples(type, options, target, provider)
      : await makeBody(options, target, provider, io)
  const text = await readSecret(options, {
    ...io,
    env: { ...io.env, WEBHOOK_SECRETS: readVariable(io, "WEBHOOK_SECRETS") },
  })
  // One signature is what a sender makes outside of a rotation.
  const secrets = toSecrets(text, provider).slice(0, 1) as readonly Secret[]
  return { target, count: options.count, concurrency: options.concurrency, make: () => make(secrets) }
}

function findTarget({ url, yes, ...options }: SendOptions, { name }: AnyProvider, io: Io): URL {
  const text = url ?? `${findOrigin(options, io)}/webhooks/${name}`
  const target = URL.canParse(text) ? new URL(text) : undefined
  if (!target || !/^https?:$/.test(target.protocol))
    throw new UsageError(`--url must be the full http or https URL of the delivery: got ${toPrintable(text)}`)
  if (!isThisMachine(target.hostname) && !yes)
    throw new UsageError(`${target.hostname} is not this machine. Add --yes if you mean it.`)
  if (io.env["NODE_USE_ENV_PROXY"] && !yes)
    throw new UsageError("NODE_USE_ENV_PROXY would send it through a proxy. Unset it, or add --yes if you mean it.")
  return target
}

type Make = (secrets: readonly Secret[]) => readonly Request[]

function makeSamples(type: string | undefined, options: SendOptions, target: URL, provider: AnyProvider): Make {
  if (provider.name !== "credicorp")
    throw new UsageError(`There are no sample events of ${provider.name}. Give --body with one of its events.`)
  if (!isEventType(type)) {
    const near = type === undefined ? undefined : nearest(type, SAMPLE_TYPES)
    throw new UsageError(
      `Name an event type in dotted lower case, as ${near ?? SAMPLE_TYPES[0]!}${type === undefined ? "" : `: got ${toPrintable(type)}`}.`,
    )
  }
  const { data, live: livemode = false } = options
  const payload = data === undefined ? undefined : parsePayload(data)
  const fault = chooseFault(options)
  return (secrets) => {
    const event = sampleEvent(type, { livemode, ...(payload && { data: { object: payload } }) })
    return [fault(event, { secrets, url: target.href })].flat()
  }
}

/** Chooses what to do to an event; without such an option, nothing. */
function chooseFault(options: SendOptions): Fault {
  const given = options as unknown as Readonly<Record<string, unknown>>
  const chosen = Object.entries(FAULTS).filter(([name]) => given[name === "wrong-secret" ? "wrongSecret" : name])
  const { malformed: way } = options
  if (chosen.length + (way === undefined ? 0 : 1) > 1) throw new UsageError("Break it in one way at a time.")
  if (way !== undefined) return faults.malformed[way as keyof typeof faults.malformed]
  return chosen[0]?.[1][0] ?? signedRequest
}

function parsePayload(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // The same error as for JSON of another type.
  }
  throw new UsageError(`--data must be a JSON object, as '{"id":"dec_1"}'.`)
}

async function makeBody(options: SendOptions, target: URL, provider: AnyProvider, io: Io): Promise<Make> {
  const broken = [...Object.keys(FAULTS), "malformed", "data", "live", "wrongSecret"].find((name) => name in options)
  if (broken) throw new UsageError(`--${broken} is for sample events, not for --body.`)
  const body = await readInput("--body", options.body!, io)
  const { headers: file } = options
  const given = file === undefined ? [] : parseHeaders(new TextDecoder().decode(await readInput("--headers", file, io)))
  const { idHeader } = provider.layout ?? {}
  return (secrets) => {
    const headers: Record<string, string> = { "Content-Type": "application/json", ...Object.fromEntries(given) }
    if (idHeader && createHeaderLookup(headers)(idHeader.toLowerCase()) === "")
      headers[idHeader] = `msg_${randomUUID()}`
    const signed = signWebhook(body, { provider, secrets, target: { method: "POST", url: target.href }, headers })
    return [new Request(target, { method: "POST", headers: { ...headers, ...signed }, body: Uint8Array.from(body) })]
  }
}

const isTaken = ({ status }: Answer): boolean => status >= 200 && status < 300

/** Shortens signatures and other long tokens. */
const shorten = (value: string): string => value.replace(/[\w+/=-]{40,}/g, (token) => `${token.slice(0, 11)}…`)

async function sendOne(plan: Plan, io: Io): Promise<boolean> {
  let allTaken = true
  for (const delivery of plan.make()) {
    const sent = await delivery.clone().text()
    const answer = await deliver(delivery, io)
    io.out(`\nPOST ${plan.target.href}`)
    for (const [name, value] of delivery.headers) io.out(`${name}: ${shorten(value)}`)
    io.out(
      `\n${toPrintable(sent)}\n\n→ ${answer.status} in ${answer.latencyMs.toFixed(0)} ms\n${toPrintable(answer.text.slice(0, 4_000))}`,
    )
    allTaken &&= isTaken(answer)
  }
  return allTaken
}

/** Among many, a delivery without an answer counts as one kind of answer. */
async function deliverOrFail(delivery: Request, io: Io): Promise<Answer> {
  const startedAt = performance.now()
  try {
    return await deliver(delivery, io)
  } catch {
    return { status: 0, text: "", latencyMs: performance.now() - startedAt, date: null }
  }
}

async function sendMany(plan: Plan, io: Io): Promise<boolean> {
  const answers: Answer[] = []
  let next = 0
  const startedAt = performance.now()
  const worker = async (): Promise<void> => {
    while (next++ < plan.count) {
      for (const delivery of plan.make()) answers.push(await deliverOrFail(delivery, io))
      io.progress(`${answers.length} answers, ${plan.count} events`)
    }
  }
  await Promise.all(Array.from({ length: Math.min(plan.concurrency, plan.count) }, worker))
  io.progress("")
  if (answers.every(({ status }) => status === 0))
    throw new NoAnswer(`No answer from ${plan.target.origin}. Is it running?`)
  printSummary(answers, performance.now() - startedAt, io)
  return answers.every(isTaken)
}
