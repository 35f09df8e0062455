import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { resolve } from "node:path"
import { InvalidArgumentError, type Command } from "commander"
import { toPrintable, toPrintableJson } from "../../core/printable.ts"
import { CATALOGUE } from "../../errors/catalogue.ts"
import { WebhookError } from "../../errors/webhook-error.ts"
import { signWebhook } from "../../index.ts"
import { toSecrets, withSecret, type DeliveryOptions } from "../delivery.ts"
import { EXIT, NoAnswer, UsageError, type Context, type Io } from "../io.ts"
import { paint, toLine } from "../print.ts"
import { forward, load, receive, save, type Forwarded, type Received } from "../received.ts"
import { createJudge, printCauses, readSources, type Judge, type Source, type Verdict } from "../verdict.ts"

/** No provider sends more. */
const MAX_BODY_BYTES = 16 * 1_048_576

interface ListenOptions extends Pick<DeliveryOptions, "provider" | "secret" | "secretEnv" | "secretFile" | "url"> {
  readonly port: number
  readonly source?: readonly string[]
  readonly forward?: string
  readonly save?: string
  readonly replay?: string
  readonly resign?: boolean
  readonly json?: boolean
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("Expected a port from 0 to 65535.")
  return port
}

/** `countersign listen`: a local receiver that shows what arrives. */
export const addListen = (program: Command, { io, exit }: Context): void => {
  withSecret(program.command("listen"))
    .summary("receive deliveries on this machine, show them, pass them on")
    .description(
      "Receives deliveries on this machine, at any path, and prints each with its verdict and, if it is refused, the causes. Ctrl-C ends it.",
    )
    .option("--port <number>", "where to listen; 0 takes a free port", parsePort, 4242)
    .option(
      "--source <provider=VARIABLE...>",
      "several providers, each with the variable of its secret. A delivery is of the provider that its path names (/webhooks/stripe), else of the one whose signature header it has",
    )
    .option("--url <url>", "the full URL that the sender calls, as that of a tunnel, for providers that sign it")
    .option("--forward <url>", "pass each delivery on to this URL, bytes and headers unchanged, and return its answer")
    .option("--save <folder>", "write each delivery to files that `verify`, `explain` and --replay read")
    .option("--replay <file>", "instead of listening, take a saved delivery (its .headers file)")
    .option("--resign", "sign the replayed delivery anew, so that its time is now")
    .option("--json", "print each delivery as a line of JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ countersign listen --provider stripe --secret-env STRIPE_SECRET --forward http://localhost:3000/hooks
  $ countersign listen --source stripe=STRIPE_SECRET github=GITHUB_SECRET --save deliveries
  $ countersign listen -p stripe --secret-env STRIPE_SECRET --replay deliveries/2026-11-27T20-00-00.000Z-1.headers --resign --forward http://localhost:3000/hooks`,
    )
    .action(async (options: ListenOptions) => {
      const sources = await readSources(options, io)
      const desk: Desk = { io, options, judge: createJudge(sources, io, MAX_BODY_BYTES), target: readTarget(options) }
      if (options.replay !== undefined) exit(await replay(desk, options.replay))
      else await listen(desk)
    })
}

interface Desk {
  readonly io: Io
  readonly options: ListenOptions
  readonly judge: Judge
  readonly target: URL | undefined
}

function readTarget({ forward: text, url, replay: file, ...rest }: ListenOptions): URL | undefined {
  if (rest.resign && file === undefined) throw new UsageError("--resign is for --replay.")
  for (const [name, one] of Object.entries({ "--url": url, "--forward": text })) {
    if (one !== undefined && !(URL.canParse(one) && /^https?:$/.test(new URL(one).protocol)))
      throw new UsageError(`${name} must be a full http or https URL, as http://localhost:3000/hooks.`)
  }
  return text === undefined ? undefined : new URL(text)
}

/** Returns the URL that the sender called: the path that arrived, at the origin of `--url`. */
function urlOf({ path, headers }: Received, { url }: ListenOptions): string {
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "localhost"
  const base = url ?? `http://${host}`
  return URL.canParse(path, base) ? new URL(path, base).href : base
}

/** Takes one delivery: judges, prints, saves and passes it on. Returns the answer for its sender. */
async function take(received: Received, desk: Desk, name: string): Promise<Forwarded> {
  const { io, options, judge, target } = desk
  const verdict = await judge.judge(received, urlOf(received, options))
  let answer = ownAnswer(verdict)
  let problem: string | undefined
  if (target) {
    try {
      answer = await forward(received, target)
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      problem = error.message
      answer = toJson(502, { error: { message: problem } })
    }
  }
  const saved = options.save === undefined ? undefined : await save(received, resolve(io.cwd, options.save), name)
  print(desk, {
    received,
    verdict,
    answered: target && problem === undefined ? answer.status : undefined,
    problem,
    saved,
  })
  return answer
}

const toJson = (status: number, body: object): Forwarded => ({
  status,
  headers: [["Content-Type", "application/json"]],
  body: new TextEncoder().encode(JSON.stringify(body)),
})

/** The answer where nothing is passed on. It does not say why (spec 1.8): the screen does. */
const ownAnswer = (verdict: Verdict): Forwarded =>
  verdict.ok
    ? toJson(200, { received: true })
    : toJson(verdict.error.status, {
        error: { code: verdict.error.code, message: CATALOGUE[verdict.error.code].meaning },
      })

interface Shown {
  readonly received: Received
  readonly verdict: Verdict
  readonly answered: number | undefined
  readonly problem: string | undefined
  readonly saved: string | undefined
}

function print({ io, options }: Desk, { received, verdict, answered, problem, saved }: Shown): void {
  const { method, path, body } = received
  const at = new Date(io.clock()).toISOString()
  if (options.json) {
    io.out(toPrintableJson({ at, method, path, bytes: body.length, ...verdict, forwarded: answered, problem, saved }))
    return
  }
  const event = "event" in verdict ? [verdict.event?.type, verdict.event?.id] : []
  const word = verdict.ok ? paint(io, "green", "valid") : paint(io, "red", "refused")
  const names = event.filter((name) => name !== undefined).map((name) => toLine(name))
  const request = toLine(`${method} ${path}`)
  io.out([at.slice(11, 19), request, verdict.provider, word, `${body.length} bytes`, ...names].join("  "))
  if ("error" in verdict) {
    const prefix = verdict.ok ? "The signature and the time are right. The body is not an event of the provider: " : ""
    io.out(`   ${prefix}${toPrintable(new WebhookError(verdict.error).message)}`)
  }
  if (!verdict.ok) printCauses(verdict.causes, io)
  if (answered !== undefined) io.out(`   forwarded: ${answered}`)
  if (problem !== undefined) io.out(`   not forwarded: ${problem}`)
  if (saved !== undefined) io.out(`   saved: ${saved}`)
}

async function listen(desk: Desk): Promise<void> {
  const { io, options } = desk
  let taken = 0
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const received = await receive(incoming, MAX_BODY_BYTES)
    taken += 1
    const name = `${new Date(io.clock()).toISOString().replaceAll(":", "-")}-${taken}`
    const { status, headers, body } =
      received === "too_large"
        ? toJson(413, { error: { message: `over ${MAX_BODY_BYTES} bytes` } })
        : await take(received, desk, name)
    outgoing.writeHead(status, headers.flat() as never)
    outgoing.end(body)
  }
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      // A sender that goes away, a full disk: the next delivery is taken all the same.
      io.err(`error: ${toLine(error instanceof Error ? error.message : String(error))}`)
      outgoing.destroy()
    })
  })
  // Only this machine can reach it. A tunnel can, too.
  server.listen(options.port, "127.0.0.1")
  try {
    await once(server, "listening")
  } catch (error) {
    throw new UsageError(
      `--port ${options.port} cannot be used (${(error as NodeJS.ErrnoException).code}). Choose another.`,
    )
  }
  io.err(`Listening on http://localhost:${(server.address() as AddressInfo).port}`)
  const signal = io.interrupt()
  if (!signal.aborted) await once(signal, "abort")
  server.close()
  server.closeAllConnections()
}

async function replay(desk: Desk, file: string): Promise<number> {
  const { io, options, judge, target } = desk
  const saved = await load(file, io)
  const received = options.resign ? resign(saved, judge.sourceOf(saved), desk) : saved
  const verdict = await judge.judge(received, urlOf(received, options))
  const answer = target ? await forward(received, target) : undefined
  print(desk, { received, verdict, answered: answer?.status, problem: undefined, saved: undefined })
  return (answer ? answer.status >= 200 && answer.status < 300 : verdict.ok) ? EXIT.ok : EXIT.invalid
}

/** Signs a delivery anew. An id that is signed is made anew, too, if there is none. */
function resign(received: Received, { provider, secret }: Source, { io, options }: Desk): Received {
  const { idHeader } = provider.layout ?? {}
  const given = Object.fromEntries(received.headers)
  const hasId = received.headers.some(([name]) => name.toLowerCase() === idHeader?.toLowerCase())
  const headers = { ...given, ...(idHeader && !hasId && { [idHeader]: `msg_${randomUUID()}` }) }
  const signed = signWebhook(received.body, {
    provider,
    // One signature is what a sender makes outside of a rotation.
    secrets: toSecrets(secret, provider).slice(0, 1),
    target: { method: received.method, url: urlOf(received, options) },
    headers,
    now: Math.floor(io.clock() / 1000),
  })
  const replaced = new Set(Object.keys(signed).map((name) => name.toLowerCase()))
  const kept = received.headers.filter(([name]) => !replaced.has(name.toLowerCase()))
  return { ...received, headers: [...kept, ...Object.entries(signed)] }
}
