import { UsageError } from "./command.ts"
import type { Call } from "./call.ts"

/** What `npm run inbox` takes beside its command. */
export const INBOX_OPTIONS = {
  status: { type: "string" },
  type: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  limit: { type: "string" },
  cursor: { type: "string" },
  source: { type: "string" },
  body: { type: "boolean" },
  handler: { type: "string" },
  dead: { type: "string" },
  note: { type: "string" },
  "per-second": { type: "string" },
  "dry-run": { type: "boolean" },
  every: { type: "string" },
  for: { type: "string" },
  url: { type: "string", default: "http://localhost:8787" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const

type Option = Exclude<keyof typeof INBOX_OPTIONS, "url" | "json" | "help">

export type InboxOptions = {
  readonly [Name in Option]?: ((typeof INBOX_OPTIONS)[Name]["type"] extends "boolean" ? boolean : string) | undefined
}

interface InboxCommand {
  /** What it is about, one word after its name. */
  readonly subject?: string
  readonly options: readonly Option[]
  toCall(subject: string, options: InboxOptions): Call
}

/** The receiver that `npm start` runs. */
const DEFAULT_SOURCE = "credicorp"

const eventPath = (id: string, { source = DEFAULT_SOURCE }: InboxOptions): string =>
  `/inbox/events/${encodeURIComponent(source)}/${encodeURIComponent(id)}`

const toQuery = (pairs: Readonly<Record<string, string | undefined>>): string => {
  const given = Object.entries(pairs).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ""
}

const toFilter = ({ type, handler, from, to, "dry-run": dry_run }: InboxOptions) => ({
  type,
  handler,
  from,
  to,
  dry_run,
})

function toWhole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} takes a whole number: got "${text}"`)
  return Number(text)
}

/** Without an event's id, these are about many. */
const BULK = new Set(["rerun", "discard"])

const COMMANDS: Readonly<Record<string, InboxCommand>> = {
  list: {
    options: ["status", "type", "from", "to", "limit", "cursor"],
    toCall: (_, { status, type, from, to, limit, cursor }) => ({
      method: "GET",
      path: `/inbox/events${toQuery({ status, type, from, to, limit, cursor })}`,
    }),
  },
  show: {
    subject: "an event's id",
    options: ["source", "body"],
    toCall: (id, options) => ({
      method: "GET",
      path: eventPath(id, options) + toQuery({ include: options.body ? "body" : undefined }),
    }),
  },
  rerun: {
    subject: "an event's id, or --status, --type, --handler, --from or --to",
    options: ["source", "handler"],
    toCall: (id, options) => ({
      method: "POST",
      path: `${eventPath(id, options)}/rerun`,
      body: { handler: options.handler },
    }),
  },
  "rerun --many": {
    options: ["dead", "status", "type", "handler", "from", "to", "per-second", "dry-run"],
    toCall: (_, { dead, status, "per-second": pace, ...options }) => ({
      method: "POST",
      path: "/inbox/rerun",
      body: {
        ...toFilter(options),
        status: dead === undefined ? status : "dead",
        type: dead ?? options.type,
        per_second: pace === undefined ? undefined : toWhole("per-second", pace),
      },
    }),
  },
  discard: {
    subject: "an event's id, or --type, --handler, --from or --to",
    options: ["source", "handler", "note"],
    toCall: (id, options) => ({
      method: "POST",
      path: `${eventPath(id, options)}/discard`,
      body: { handler: options.handler, note: options.note },
    }),
  },
  "discard --many": {
    options: ["type", "handler", "from", "to", "note", "dry-run"],
    toCall: (_, { note, ...options }) => ({
      method: "POST",
      path: "/inbox/discard",
      body: { ...toFilter(options), note },
    }),
  },
  handlers: { options: [], toCall: () => ({ method: "GET", path: "/inbox/handlers" }) },
  pause: {
    subject: "a handler, by its key in handlers.ts",
    options: [],
    toCall: (handler) => ({ method: "POST", path: "/inbox/pause", body: { handler } }),
  },
  resume: {
    subject: "a handler, by its key in handlers.ts",
    options: [],
    toCall: (handler) => ({ method: "POST", path: "/inbox/resume", body: { handler } }),
  },
  erase: {
    subject: "an event's id",
    options: ["source"],
    toCall: (id, options) => ({ method: "DELETE", path: `${eventPath(id, options)}/body` }),
  },
  stats: { options: [], toCall: () => ({ method: "GET", path: "/inbox/stats" }) },
  tail: {
    options: ["type", "every", "for"],
    toCall: (_, { type }) => ({ method: "GET", path: `/inbox/events${toQuery({ type, limit: "100" })}` }),
  },
}

/**
 * The request that a command stands for.
 *
 * @throws {UsageError} There is no such command, or it lacks what it is about, or it has no such option.
 */
export function toInboxCall([verb = "", subject, ...rest]: readonly string[], options: InboxOptions): Call {
  const name = BULK.has(verb) && subject === undefined ? `${verb} --many` : verb
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) throw new UsageError(`${verb} is no command: it is one of ${commandNames().join(", ")}`)
  if (rest.length > 0) throw new UsageError(`one thing at a time: ${rest.join(" ")} is too much`)
  if (command.subject && !subject) throw new UsageError(`${name} needs ${command.subject}`)
  if (!command.subject && subject !== undefined) throw new UsageError(`${name} takes options only: got ${subject}`)
  const given = (Object.keys(INBOX_OPTIONS) as (keyof typeof INBOX_OPTIONS)[]).filter(
    (option): option is Option => !["url", "json", "help"].includes(option) && options[option as Option] !== undefined,
  )
  const foreign = given.find((option) => !command.options.includes(option))
  if (foreign) {
    const taken = command.options.map((option) => `--${option}`).join(", ")
    throw new UsageError(`${name} has no --${foreign}: it takes ${taken || "none but --url and --json"}`)
  }
  return command.toCall(subject ?? "", options)
}

const commandNames = (): readonly string[] => Object.keys(COMMANDS).filter((name) => !name.includes(" "))
