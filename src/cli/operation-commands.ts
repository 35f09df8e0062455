import { randomUUID } from "node:crypto"
import { InvalidArgumentError, Option, type Command } from "commander"
import { formsOf, type Argument, type Form, type JsonSchema } from "../http/json-schema.ts"
import { groupOf, type Declaration } from "../http/operation.ts"
import { EXIT, NoAnswer, UsageError, type Context, type Io } from "./io.ts"
import { toPrintableJson } from "../core/printable.ts"
import { toLine } from "./print.ts"
import { isObject, isText, printValue, toText } from "./print-value.ts"
import {
  callServer,
  findOrigin,
  printRefusal,
  readCredential,
  withServer,
  type Call,
  type Peer,
  type Refusal,
  type ServerAnswer,
  type ServerOptions,
} from "./server.ts"

// Commands are made from the declared operations: an operation that is added has a command, with help, at once.

/** Parameters of a path that need not be given. */
const DEFAULTS: Readonly<Record<string, string>> = { source: "credicorp" }

/** What may be said of a group of operations beyond their declarations. */
export interface GroupOptions {
  readonly operations: readonly Declaration[]
  /** The variable that holds the credential. */
  readonly credential: string
  /** Operation name → prints its answer for people. An operation without one is printed by its fields. */
  readonly views?: Readonly<Record<string, (value: never, io: Io, values: Values) => void>>
  /** Returns what to do about a refusal, where its code and field tell. */
  readonly advise?: (refusal: Refusal, values: Values, peer: Peer) => Promise<string | undefined>
}

/** Field → its value on the command line, converted to its type. */
export type Values = Readonly<Record<string, unknown>>

interface Given extends ServerOptions {
  readonly json?: boolean
}

/** Adds a command for each operation of a group, named after it: `inbox.rerun_all` is `rerun-all`. */
export function addOperations(parent: Command, context: Context, group: GroupOptions): void {
  for (const operation of group.operations) {
    for (const form of formsOf(operation)) addOperation(parent, context, { operation, form, group })
  }
}

/** Returns the name of an operation's command. */
const commandName = (operation: Declaration, { choice }: Form): string =>
  (choice?.[1] ?? operation.name.slice(groupOf(operation).length + 1)).replaceAll("_", "-")

/**
 * Chooses the argument that is given without a name: the last parameter of the path; without a path, the first field of the
 * body, if it is required.
 */
function findSubject(all: readonly Argument[]): Argument | undefined {
  const inPath = all.findLast(({ in: place }) => place === "path")
  if (inPath) return inPath
  const first = all.find(({ in: place }) => place === "body")
  return first?.required ? first : undefined
}

interface Made {
  readonly operation: Declaration
  readonly form: Form
  readonly group: GroupOptions
}

function addOperation(parent: Command, { io, exit }: Context, made: Made): void {
  const { operation, form } = made
  const subject = findSubject(form.arguments)
  const others = form.arguments.filter((argument) => argument !== subject)
  const command = parent
    .command(commandName(operation, form))
    .summary(plain(operation.summary))
    .description([`${operation.summary}.`, operation.description].filter(Boolean).join(" "))
  if (subject) command.argument(`<${subject.name}>`, plain(subject.description), parserOf(subject))
  const options = others.map((argument) => ({ argument, option: toOption(argument) }))
  for (const { option } of options) command.addOption(option)
  withServer(command)
    .option("--json", "print JSON")
    .action(async (...given: unknown[]) => {
      const chosen = given[subject ? 1 : 0] as Given & Readonly<Record<string, unknown>>
      const named = options.map(({ argument, option }) => [argument.name, chosen[option.attributeName()]])
      const values: Values = Object.fromEntries([...(subject ? [[subject.name, given[0]]] : []), ...named])
      const peer = { origin: findOrigin(chosen, io), credential: readCredential(io, made.group.credential) }
      exit(await runOperation(made, { values, peer, json: chosen.json ?? false }, io))
    })
}

/** Descriptions are Markdown for the documents. */
const plain = (text: string): string => text.replaceAll("`", "").replace(/\.$/, "")

function toOption(argument: Argument): Option {
  const { name, in: place, required, description, schema } = argument
  const flag = `--${name.toLowerCase().replaceAll("_", "-")}`
  const { type, default: usual, minimum, maximum } = schema
  const bounds = [
    required && DEFAULTS[name] === undefined && "required",
    minimum !== undefined && `${toText(minimum)} to ${toText(maximum)}`,
    usual !== undefined && `default ${toText(usual)}`,
  ]
  const notes = type === "boolean" ? "" : bounds.filter(Boolean).join(", ")
  const text = plain(description) + (notes && ` (${notes})`)
  if (type === "boolean") return new Option(flag, text)
  if (type === "object") return new Option(`${flag} <name=value...>`, text)
  const option = new Option(`${flag} <${type === "array" ? "list" : isNumeric(schema) ? "number" : "text"}>`, text)
  const choices = Array.isArray(schema["enum"]) ? (schema["enum"] as string[]) : [schema["const"]].filter(isText)
  if (choices.length > 0) option.choices(choices)
  else option.argParser(parserOf(argument))
  if (place === "path" && DEFAULTS[name] !== undefined) option.default(DEFAULTS[name])
  else if (required) option.makeOptionMandatory()
  return option
}

const isNumeric = ({ type }: JsonSchema): boolean => type === "integer" || type === "number"

/** Returns what converts the text of an argument to its type. The server checks the rest. */
function parserOf({ schema }: Argument): (text: string) => unknown {
  if (isNumeric(schema)) {
    return (text) => {
      if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError("Expected a whole number.")
      return Number(text)
    }
  }
  if (schema["type"] === "array") return (text) => text.split(",").map((item) => item.trim())
  return (text) => {
    if (text === "") throw new InvalidArgumentError("Expected a text that is not empty.")
    return text
  }
}

/** Makes an object of `name=value` texts. */
function toPairs(texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts.map((text) => {
    const at = text.indexOf("=")
    if (at < 1) throw new UsageError(`Expected pairs as team=ledger, not ${toLine(text)}.`)
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  return Object.fromEntries(pairs)
}

interface Run {
  readonly values: Values
  readonly peer: Peer
  readonly json: boolean
}

/** Makes the request of an operation. */
function toCall({ operation, form: { choice, arguments: all } }: Made, values: Values, key: string): Call {
  const given = (place: Argument["in"]): (readonly [string, unknown])[] =>
    all
      .filter((argument) => argument.in === place && values[argument.name] !== undefined)
      .map(({ name, schema }) => [name, schema["type"] === "object" ? toPairs(values[name] as string[]) : values[name]])
  const path = operation.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(toText(values[name])))
  const query = new URLSearchParams(given("query").map(([name, value]) => [name, toText(value)])).toString()
  const headers = Object.fromEntries(given("header").map(([name, value]) => [name, toText(value)]))
  return {
    method: operation.method,
    path: query ? `${path}?${query}` : path,
    headers: { ...(takesKey(all) && { [KEY_HEADER]: key }), ...headers },
    ...(operation.body && { body: Object.fromEntries([...(choice ? [choice] : []), ...given("body")]) }),
  }
}

const KEY_HEADER = "Idempotency-Key"

const takesKey = (all: readonly Argument[]): boolean => all.some(({ name }) => name === KEY_HEADER)

async function runOperation(made: Made, { values, peer, json }: Run, io: Io): Promise<number> {
  const { operation, form, group } = made
  const key = toText(values[KEY_HEADER] ?? randomUUID())
  const call = toCall(made, values, key)
  const again = takesKey(form.arguments)
    ? `It may have been done all the same. To try again, run the same command with --idempotency-key ${key}`
    : undefined
  let answer: ServerAnswer
  try {
    answer = await callToEnd(call, peer, io)
  } catch (error) {
    throw error instanceof NoAnswer && again ? new NoAnswer(`${error.message}\n${again}`) : error
  }
  if (!answer.ok) {
    printRefusal(answer, json, io)
    const advice = json ? undefined : await adviceFor(answer.error, made, { values, peer, json })
    if (advice) io.err(advice)
    if (answer.status >= 500 && again) io.err(again)
    return EXIT.invalid
  }
  const { value } = answer
  const view = group.views?.[operation.name]
  if (json) {
    if (value !== undefined) io.out(toPrintableJson(value))
  } else if (view) view(value as never, io, values)
  else printValue(value, io)
  return EXIT.ok
}

/** Repeats work that is done in bounded steps until its answer names no next one, and adds the counts up. */
async function callToEnd(call: Call, peer: Peer, io: Io): Promise<ServerAnswer> {
  let answer = await callServer(call, peer, io)
  const counts = new Map<string, number>()
  while (answer.ok && call.method === "POST" && isObject(answer.value) && "next_cursor" in answer.value) {
    for (const [name, count] of Object.entries(answer.value)) {
      if (typeof count === "number") counts.set(name, (counts.get(name) ?? 0) + count)
    }
    const { next_cursor: cursor } = answer.value
    if (typeof cursor !== "string") return { ok: true, value: { ...answer.value, ...Object.fromEntries(counts) } }
    io.progress([...counts].map(([name, count]) => `${count} ${name} so far`).join(", "))
    answer = await callServer({ ...call, body: { ...call.body, cursor } }, peer, io)
  }
  return answer
}

/** Says what was expected of the field that was refused: its description. */
async function adviceFor(refusal: Refusal, made: Made, { values, peer }: Run): Promise<string | undefined> {
  const advice = await made.group.advise?.(refusal, values, peer)
  if (advice !== undefined || refusal.code !== "invalid_value_type") return advice
  const field = /^\w+/.exec(refusal.param ?? "")?.[0]
  const argument = made.form.arguments.find(({ name }) => name === field)
  if (!argument?.description) return undefined
  const { pattern, minimum, maximum, maxLength } = argument.schema
  const rule =
    minimum !== undefined
      ? ` A whole number from ${toText(minimum)} to ${toText(maximum)}.`
      : maxLength !== undefined
        ? ` At most ${toText(maxLength)} characters.`
        : pattern !== undefined && !argument.description.includes("RFC")
          ? ` It must match ${toText(pattern)}.`
          : ""
  return `Expected: ${plain(argument.description)}.${rule}`
}
