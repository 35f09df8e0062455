import { join } from "node:path"
import type { Command } from "commander"
import { toPrintableJson } from "../../core/printable.ts"
import { parseApiKeys } from "../../endpoints/auth/api-keys.ts"
import { signWebhook } from "../../index.ts"
import { readOperatorConfig } from "../../operator/token.ts"
import { readReceiverVariables } from "../../receiver/config.ts"
import { parseSecrets } from "../../verify/parse-secrets.ts"
import { deliver } from "../deliver.ts"
import { readDevVars } from "../dev-vars.ts"
import { EXIT, NoAnswer, type Context, type Io } from "../io.ts"
import { paint, toLine } from "../print.ts"
import { checkWrangler, ok, readWranglerConfig, skipped, wrong, type Check } from "../project.ts"
import { findOrigin, isThisMachine, withServer, type ServerOptions } from "../server.ts"

/** The tolerance of a signature is 300 s: a clock off by a tenth of that is worth a look. */
const MAX_CLOCK_SECONDS = 30

/** Checks the version of Node: 20.19 or later. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace("v", "").split(".").map(Number)
  return major > 20 || (major === 20 && minor >= 19)
    ? ok("Node", version)
    : wrong("Node", `${version} is too old`, "Install Node 20.19 or later; 24 is what the project is tested with most.")
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`

/** Checks the shape of each secret, as the Worker does. A problem names the rule, never the value. */
export function checkSecrets(vars: Readonly<Record<string, string | undefined>>): readonly Check[] {
  const receiver = readReceiverVariables(vars)
  const operator = readOperatorConfig(vars)
  const put = "Correct it in .dev.vars or the environment; deployed, with npx wrangler secret put."
  return [
    receiver.state === "on"
      ? ok("WEBHOOK_SECRETS", plural(receiver.config.secrets.length, "secret"))
      : receiver.state === "invalid"
        ? wrong("WEBHOOK_SECRETS", receiver.problems.map((problem) => toLine(problem)).join("; "), put)
        : skipped(
            "WEBHOOK_SECRETS",
            "not set",
            "`npm start` makes one for this machine. Without it there is no receiver.",
          ),
    operator.state === "on"
      ? ok("OPERATOR_TOKEN", "well-formed")
      : operator.state === "invalid"
        ? wrong("OPERATOR_TOKEN", operator.problems.map((problem) => toLine(problem)).join("; "), put)
        : skipped("OPERATOR_TOKEN", "not set", "Set it to use `countersign inbox`: openssl rand -base64 32 makes one."),
    checkKeys(vars["PARTNER_API_KEYS"], put),
  ]
}

function checkKeys(text: string | undefined, fix: string): Check {
  const name = "PARTNER_API_KEYS"
  if (!text)
    return skipped(name, "not set", "`countersign key` makes an entry. Without it there is no registry of endpoints.")
  try {
    return ok(name, plural(parseApiKeys(text).length, "key"))
  } catch (error) {
    return wrong(name, toLine((error as Error).message), fix)
  }
}

/** Compares this machine's clock with the server's, whose `Date` has whole seconds. */
export function checkClock(date: string | null, nowMs: number): Check {
  const server = Date.parse(date ?? "")
  if (Number.isNaN(server)) return skipped("clock", "the server sends no Date", "Compare the clocks by hand: date -u.")
  const seconds = Math.round((nowMs - server) / 1000)
  return Math.abs(seconds) <= MAX_CLOCK_SECONDS
    ? ok("clock", `${Math.abs(seconds)} s from the server's`)
    : wrong(
        "clock",
        `${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} the server's`,
        "Set the clock by NTP. A signature is refused when its time is over 300 s off.",
      )
}

interface Health {
  readonly status?: string
  readonly surfaces?: Readonly<Record<string, string>>
  readonly store?: string
}

/** Checks `/healthz`, and the clock by its answer. */
async function checkServer(origin: string, io: Io): Promise<readonly Check[]> {
  const startedAt = io.clock()
  const answer = await deliver(new Request(`${origin}/healthz`), io)
  // `wrangler dev` sends no Date, and has this machine's clock.
  const clock =
    answer.date === null && isThisMachine(new URL(origin).hostname)
      ? ok("clock", "this machine's")
      : checkClock(answer.date, (startedAt + io.clock()) / 2)
  const name = "/healthz"
  let health: Health
  try {
    health = JSON.parse(answer.text) as Health
  } catch {
    return [wrong(name, `${answer.status}, not JSON`, `Check that ${origin} is a Countersign Worker.`), clock]
  }
  const surfaces = Object.entries(health.surfaces ?? {}).map(([surface, state]) => `${surface} ${state}`)
  const detail = toLine(
    [String(answer.status), ...surfaces, ...(health.store ? [`store ${health.store}`] : [])].join(", "),
  )
  return [
    answer.status === 200 && !surfaces.some((text) => text.endsWith(" invalid"))
      ? ok(name, detail)
      : wrong(name, detail, "The log of the Worker names each variable that is invalid: npx wrangler tail."),
    clock,
  ]
}

/**
 * Sends a signed body that is no event. The Worker checks the signature first, so 422 proves that both have the same secret
 * and that nothing on the way changes bytes; and nothing is stored.
 */
async function checkRoundTrip(origin: string, text: string | undefined, io: Io): Promise<Check> {
  const name = "signed delivery"
  if (text === undefined) return skipped(name, "no secret", "Export WEBHOOK_SECRETS with the secret of that Worker.")
  const body = `{"doctor":true, "text":"\u00e9\\u0000"}`
  const secrets = parseSecrets(text).slice(0, 1)
  const now = Math.floor(io.clock() / 1000)
  const headers = { ...signWebhook(body, { secrets, now }), "Content-Type": "application/json" }
  const { status, text: answer } = await deliver(
    new Request(`${origin}/webhooks/credicorp`, { method: "POST", headers, body }),
    io,
  )
  const code = /"code":"(\w+)"/.exec(answer)?.[1] ?? ""
  if (status === 422) return ok(name, "the signature is accepted")
  const detail = `${status} ${code}`.trim()
  if (code === "webhook_signature_invalid")
    return wrong(
      name,
      detail,
      "The Worker has another secret, or something on the way changes the body. Compare WEBHOOK_SECRETS; its log names the reason.",
    )
  if (code === "route_not_found")
    return wrong(
      name,
      detail,
      "The receiver is off: set WEBHOOK_SECRETS for the Worker (npx wrangler secret put WEBHOOK_SECRETS).",
    )
  return wrong(
    name,
    detail,
    "Expected 422. Something between here and the Worker may answer in its place: a proxy, a firewall, a login page.",
  )
}

/** `countersign doctor`: what stands between this machine and a working receiver. */
export const addDoctor = (program: Command, { io, exit }: Context): void => {
  withServer(program.command("doctor"))
    .argument("[origin]", "the Worker to check; as --origin")
    .summary("check the project, its secrets, the clock, and a Worker")
    .description(
      "Checks Node, wrangler.toml and the secrets of this folder; then a Worker: its health, its clock, and whether it accepts a signature of ours. Each line that is wrong has its fix. Nothing is stored.",
    )
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  $ countersign doctor\n  $ countersign doctor https://hooks.example.com")
    .action(async (given: string | undefined, options: ServerOptions & { readonly json?: boolean }) => {
      const origin = findOrigin(given === undefined ? options : { origin: given }, io)
      const local = isThisMachine(new URL(origin).hostname)
      const vars = { ...readDevVars(join(io.cwd, ".dev.vars")), ...io.env }
      const checks = [
        checkNode(process.version),
        ...checkWrangler(await readWranglerConfig(io.cwd)),
        ...checkSecrets(vars),
      ]
      try {
        checks.push(...(await checkServer(origin, io)))
        const isUsable = checks.some(({ name, status }) => name === "WEBHOOK_SECRETS" && status === "ok")
        // The secret of .dev.vars is that of the Worker on this machine.
        const secret = local ? vars["WEBHOOK_SECRETS"] : io.env["WEBHOOK_SECRETS"]
        checks.push(await checkRoundTrip(origin, isUsable ? secret : undefined, io))
        exit(checks.some(({ status }) => status === "wrong") ? EXIT.invalid : EXIT.ok)
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        checks.push(
          wrong(
            "server",
            error.message,
            local ? "Start it: npm start, or npm run dev." : "Check the address, and npx wrangler deployments list.",
          ),
        )
        exit(EXIT.unreachable)
      }
      if (options.json) io.out(toPrintableJson(checks))
      else for (const check of checks) printCheck(check, io)
    })
}

const WORDS = { ok: ["ok     ", "green"], wrong: ["WRONG  ", "red"], skipped: ["skipped", "dim"] } as const

function printCheck({ name, status, detail, fix }: Check, io: Io): void {
  const [word, style] = WORDS[status]
  io.out(`${paint(io, style, word)}  ${name}: ${detail}`)
  if (fix) io.out(`         → ${fix}`)
}
