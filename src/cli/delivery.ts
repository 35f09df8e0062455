import { readFile } from "node:fs/promises"
import { resolve } from "node:path"
import { Option, type Command } from "commander"
import type { AnyProvider, DeliveryTarget } from "../providers/provider.ts"
import * as providers from "../providers.ts"
import { parseSecrets } from "../verify/parse-secrets.ts"
import type { SecretsInput } from "../verify/secrets.ts"
import { UsageError, type Io } from "./io.ts"

/** Bytes of a file or of standard input: more than any delivery has. */
const MAX_INPUT_BYTES = 16 * 1_048_576

/** The options that describe a delivery, the same in every command. */
export interface DeliveryOptions {
  readonly provider: string
  readonly secretEnv?: string
  readonly secretFile?: string
  readonly secret?: string
  readonly body?: string
  readonly headers?: string
  readonly method: string
  readonly url?: string
  readonly now?: string
  readonly json?: boolean
}

/** The providers of this package, by name. */
export const PROVIDERS: ReadonlyMap<string, AnyProvider> = new Map(
  Object.values(providers)
    .filter((value) => typeof value === "object")
    .map((provider) => [provider.name, provider as AnyProvider]),
)

/** Adds the options of a provider and its secret. */
export const withSecret = (command: Command): Command =>
  command
    .option("-p, --provider <name>", "who signs; `countersign providers` lists them", "credicorp")
    .option("--secret-env <name>", "the environment variable that holds the secret (WEBHOOK_SECRETS if it is set)")
    .option("--secret-file <file>", "the file that holds the secret")
    .addOption(new Option("--secret <text>", "the secret itself; other users of this machine can see it"))

/** Adds all options that describe a delivery. */
export const withDelivery = (command: Command): Command =>
  withSecret(command)
    .option("-b, --body <file>", "the body, byte for byte; - is standard input", "-")
    .option("--method <method>", "the method of the delivery, for providers that sign it", "POST")
    .option("--url <url>", "the full URL of the delivery, for providers that sign it")
    .option("--now <seconds>", "the present, in whole seconds since 1970; the system clock unless given")
    .option("--json", "print JSON")

/** Adds the option of a delivery's headers. */
export const withHeaders = (command: Command): Command =>
  command.requiredOption("-H, --headers <file>", "the headers: JSON, or raw lines `Name: value`")

/** The secrets in one text: a PEM or JWK as it is, anything else as `parseSecrets` reads it. */
export const toSecrets = (text: string, provider: AnyProvider): SecretsInput =>
  /^\s*(?:-----BEGIN |\{)/.test(text) ? [text.trim()] : parseSecrets(text, { provider })

/** Finds a provider by its name. @throws {UsageError} There is none; the message names the nearest. */
export function findProvider(name: string): AnyProvider {
  const provider = PROVIDERS.get(name)
  if (provider) return provider
  const near = nearest(name, [...PROVIDERS.keys()])
  throw new UsageError(
    `--provider ${printableName(name)} is not a provider.${near ? ` Did you mean ${near}?` : ""} \`countersign providers\` lists all ${PROVIDERS.size}.`,
  )
}

const printableName = (text: string): string => text.replace(/[^\w.-]/g, "?").slice(0, 64)

/** Returns the candidate that differs least from a mistyped word; undefined if none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const scored = candidates.map((name) => [distance(lower, name.toLowerCase()), name] as const)
  const [best] = scored.toSorted(([a], [b]) => a - b)
  return best && best[0] <= Math.max(1, Math.floor(word.length / 3)) ? best[1] : undefined
}

/** Edits between two words (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}

/** Reads the secret from where the options say. @throws {UsageError} It is nowhere. */
export async function readSecret(
  options: Pick<DeliveryOptions, "secret" | "secretEnv" | "secretFile">,
  io: Io,
): Promise<string> {
  const { secretEnv, secretFile, secret } = options
  if ([secretEnv, secretFile, secret].filter((source) => source !== undefined).length > 1) {
    throw new UsageError("Give one of --secret-env, --secret-file and --secret.")
  }
  if (secret !== undefined) {
    io.err(
      "Warning: --secret shows the secret to other users of this machine and stays in the shell's history. Use --secret-env.",
    )
    return secret
  }
  if (secretFile !== undefined)
    return new TextDecoder().decode(await readInput("--secret-file", secretFile, io)).replace(/\r?\n$/, "")
  const name = secretEnv ?? "WEBHOOK_SECRETS"
  const text = io.env[name]
  if (text === undefined) {
    throw new UsageError(
      secretEnv
        ? `--secret-env: the variable ${printableName(name)} is not set. Export it, or use --secret-file.`
        : "There is no secret. Name a variable with --secret-env or a file with --secret-file.",
    )
  }
  return text
}

/** Reads a file, or standard input where it is `-`. @throws {UsageError} It cannot be read, or is too large. */
export async function readInput(option: string, file: string, io: Io): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = file === "-" ? await io.readStdin() : await readFile(resolve(io.cwd, file))
  } catch (error) {
    const { code } = error as { code?: string }
    throw new UsageError(`${option}: ${file} cannot be read (${code ?? "unknown error"}).`)
  }
  if (bytes.length > MAX_INPUT_BYTES) throw new UsageError(`${option}: ${file} has more than ${MAX_INPUT_BYTES} bytes.`)
  return bytes
}

/** Reads headers from JSON (an object, or a list of pairs) or raw lines. @throws {UsageError} They are neither. */
export function parseHeaders(text: string): readonly [string, string][] {
  const trimmed = text.trim()
  if (/^[{[]/.test(trimmed)) {
    try {
      return toPairs(JSON.parse(trimmed))
    } catch {
      throw new UsageError(
        "--headers is not JSON: expected an object of names and values, a list of pairs, or raw lines.",
      )
    }
  }
  return trimmed.split(/\r?\n/).flatMap((line, i): [string, string][] => {
    // As curl -v prints them, and with the request's or the answer's first line.
    const bare = line.replace(/^[<>] ?/, "")
    if (bare.trim() === "" || /^(?:[A-Z]+ \S+ HTTP\/|HTTP\/)/.test(bare)) return []
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/.exec(bare) ?? []
    if (name === undefined) throw new UsageError(`--headers: line ${i + 1} is not a header. Expected \`Name: value\`.`)
    return [[name, value!.trimEnd()]]
  })
}

function toPairs(value: unknown): readonly [string, string][] {
  const entries = (Array.isArray(value) ? value : Object.entries(value as object)) as [unknown, unknown][]
  return entries.flatMap(([name, given]) =>
    [given].flat().map((one): [string, string] => {
      if (typeof name !== "string" || typeof one !== "string") throw new TypeError("not a pair of texts")
      return [name, one]
    }),
  )
}

/** A delivery as the options describe it. */
export interface Delivery {
  readonly provider: AnyProvider
  readonly secret: string
  readonly body: Uint8Array
  readonly target: DeliveryTarget | undefined
  /** Whole seconds since 1970. */
  readonly now: number
}

/** Reads everything but the headers. @throws {UsageError} An option is wrong. */
export async function readDelivery(options: DeliveryOptions, io: Io): Promise<Delivery> {
  const { method, url, now } = options
  const provider = findProvider(options.provider)
  if (url !== undefined && !URL.canParse(url))
    throw new UsageError("--url must be the full URL of the delivery, as https://example.com/webhooks.")
  if (url === undefined && (provider.covers.url || provider.covers.method)) {
    throw new UsageError(`${provider.name} signs the URL: give --url with the full URL that the provider calls.`)
  }
  if (now !== undefined && !/^\d{1,12}$/.test(now))
    throw new UsageError("--now must be whole seconds since 1970, at most 12 digits.")
  const secret = await readSecret(options, io)
  return {
    provider,
    secret,
    body: await readInput("--body", options.body ?? "-", io),
    target: url === undefined ? undefined : { method, url },
    now: now === undefined ? Math.floor(io.clock() / 1000) : Number(now),
  }
}

/** Reads the headers that `--headers` names. */
export const readHeaders = async ({ headers }: DeliveryOptions, io: Io): Promise<readonly [string, string][]> =>
  parseHeaders(new TextDecoder().decode(await readInput("--headers", headers!, io)))
