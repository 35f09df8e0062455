import type { Command } from "commander"
import { toPrintableJson } from "../../core/printable.ts"
import { conformance } from "../../testing.ts"
import { createPromises, type ConformPromise } from "../conform-promises.ts"
import { deliver } from "../deliver.ts"
import {
  findProvider,
  parseHeaders,
  readInput,
  readSecret,
  toSecrets,
  withSecret,
  type DeliveryOptions,
} from "../delivery.ts"
import { EXIT, NoAnswer, UsageError, type Context, type Io } from "../io.ts"
import { paint, toLine } from "../print.ts"
import { isThisMachine } from "../server.ts"

interface ConformOptions extends Pick<
  DeliveryOptions,
  "provider" | "secret" | "secretEnv" | "secretFile" | "body" | "headers" | "json"
> {
  readonly observe?: string
  readonly yes?: boolean
}

/** One line of the report. */
interface Graded {
  readonly name: string
  readonly ok: boolean
  readonly want: string
  readonly got: string
}

/** A body that says little. Receivers that look for more are given one of theirs with --body. */
const BODY = `{"id":"{{id}}","type":"conform.test","data":{"object":{"text":"$& \\u00e9 é"}}}`

/** `countersign conform`: whether any receiver of a provider keeps its promises, seen from outside. */
export const addConform = (program: Command, { io, exit }: Context): void => {
  withSecret(program.command("conform"))
    .argument("<url>", "the full URL of the receiver")
    .summary("test any receiver of any provider from outside")
    .description(
      "Sends a receiver deliveries that it must take, refuse or survive, one after another, and says which promises it breaks. A receiver of Credicorp is given the whole suite of countersign/testing. Use a test endpoint: genuine deliveries are handled. Exits 0 if every promise is kept.",
    )
    .option(
      "--observe <url>",
      "a URL that answers a GET with the JSON list of all event ids that your code has handled",
    )
    .option("-b, --body <file>", "an event that the receiver takes; {{id}} in it stands for a fresh id")
    .option("-H, --headers <file>", "headers to send beside the signature: JSON, or raw lines")
    .option("--yes", "test a receiver on another machine, too")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Examples:
  $ countersign conform http://localhost:3000/hooks --provider stripe --secret-env STRIPE_SECRET
  $ countersign conform http://localhost:8787/webhooks/credicorp --secret-env WEBHOOK_SECRET --json`,
    )
    .action(async (url: string, options: ConformOptions) => {
      assertUrl("<url>", url, options)
      if (options.observe !== undefined) assertUrl("--observe", options.observe, options)
      const graded = await grade(url, options, io)
      const broken = graded.filter(({ ok }) => !ok)
      if (options.json) io.out(toPrintableJson(graded))
      else {
        for (const { name, ok, want, got } of graded) {
          const word = ok ? paint(io, "green", "kept  ") : paint(io, "red", "BROKEN")
          io.out(toLine(`${name}: ${want}${ok ? "" : `, got ${got}`}`).replace(/^/, `${word}  `))
        }
        io.out(`\n${graded.length - broken.length} of ${graded.length} promises are kept.`)
      }
      exit(broken.length > 0 ? EXIT.invalid : EXIT.ok)
    })
}

function assertUrl(name: string, text: string, { yes }: ConformOptions): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${name} must be a full http or https URL, as http://localhost:3000/hooks.`)
  if (!isThisMachine(url.hostname) && !yes)
    throw new UsageError(`${url.hostname} is not this machine. Add --yes if it is a test endpoint.`)
}

async function grade(url: string, options: ConformOptions, io: Io): Promise<readonly Graded[]> {
  const provider = findProvider(options.provider)
  const secrets = toSecrets(await readSecret(options, io), provider)
  const { observe } = options
  const handled = observe === undefined ? undefined : async () => await readHandled(observe, io)
  // One delivery first: a receiver that is not there breaks no promise.
  await deliver(new Request(url, { method: "POST", body: "" }), io)
  if (provider.name === "credicorp" && options.body === undefined) {
    return await conformance(async (request) => await io.fetch(request), { secrets, url, handled })
  }
  const read = async (option: string, file: string): Promise<string> =>
    new TextDecoder().decode(await readInput(option, file, io))
  const given = options.headers === undefined ? [] : parseHeaders(await read("--headers", options.headers))
  const promises = createPromises({
    provider,
    secrets,
    url,
    headers: { "Content-Type": "application/json", ...Object.fromEntries(given) },
    body: options.body === undefined ? BODY : await read("--body", options.body),
    now: () => Math.floor(io.clock() / 1000),
  })
  const graded: Graded[] = []
  for (const promise of promises) {
    io.progress(promise.name)
    graded.push(await gradeOne(promise, io))
  }
  io.progress("")
  return handled ? [...graded, ...gradeHandled(promises, await handled())] : graded
}

const WANTS = { taken: [200, 299, "2xx"], refused: [400, 499, "4xx"], answered: [200, 499, "no 5xx"] } as const

async function gradeOne({ name, want: kind, request }: ConformPromise, io: Io): Promise<Graded> {
  const [from, to, want] = WANTS[kind]
  try {
    const { status } = await deliver(request(), io)
    return { name, ok: status >= from && status <= to, want, got: String(status) }
  } catch (error) {
    // A connection that is closed, or no answer in 10 s, is how a receiver fails that is there.
    if (!(error instanceof NoAnswer)) throw error
    return { name, ok: false, want, got: "no answer in 10 s" }
  }
}

/** Each genuine event is handled once, however often it was delivered. */
function gradeHandled(promises: readonly ConformPromise[], handled: readonly string[]): readonly Graded[] {
  const ids = new Set(promises.flatMap(({ id }) => id ?? []))
  const counts = [...ids].map((id) => handled.filter((one) => one === id).length)
  const got = counts.map((count) => `${count} times`).join(", ")
  return [{ name: "each genuine event is handled", ok: counts.every((count) => count === 1), want: "once", got }]
}

async function readHandled(url: string, io: Io): Promise<readonly string[]> {
  const { text } = await deliver(new Request(url), io)
  try {
    const ids: unknown = JSON.parse(text)
    if (Array.isArray(ids) && ids.every((id) => typeof id === "string")) return ids
  } catch {
    // The same error as for JSON of another type.
  }
  throw new UsageError("--observe must answer with a JSON list of event ids.")
}
