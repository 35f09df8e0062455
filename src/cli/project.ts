import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { toLine } from "./print.ts"

/** The date and the flags that the Worker is tested with. Without the second flag an event in progress may be lost sight of. */
export const COMPATIBILITY = {
  date: "2026-08-01",
  flags: ["nodejs_compat", "durable_object_io_tasks_prevent_eviction"],
} as const

/** What the Worker needs of its wrangler configuration. */
export interface WranglerConfig {
  readonly compatibility_date?: string | undefined
  readonly compatibility_flags?: readonly string[] | undefined
  readonly durable_objects?: { readonly bindings?: readonly { readonly name: string; readonly class_name: string }[] }
  readonly migrations?: readonly { readonly new_sqlite_classes?: readonly string[] }[]
  readonly triggers?: { readonly crons?: readonly string[] | undefined }
  readonly vars?: Readonly<Record<string, unknown>>
}

const NAMES = ["wrangler.toml", "wrangler.jsonc", "wrangler.json"]

/**
 * Reads the wrangler configuration of a project with the wrangler that is installed there.
 *
 * @returns The configuration; or what stands in the way.
 */
export async function readWranglerConfig(folder: string): Promise<WranglerConfig | "none" | "no_wrangler" | Error> {
  const name = NAMES.find((one) => existsSync(join(folder, one)))
  if (name === undefined) return "none"
  try {
    const path = createRequire(join(folder, "package.json")).resolve("wrangler")
    const { unstable_readConfig: read } = (await import(pathToFileURL(path).href)) as {
      unstable_readConfig: (args: { config: string }) => WranglerConfig
    }
    return read({ config: join(folder, name) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return "no_wrangler"
    return error as Error
  }
}

/** One line of the report. */
export interface Check {
  readonly name: string
  readonly status: "ok" | "wrong" | "skipped"
  readonly detail: string
  /** What to do; only where something is wrong or was skipped. */
  readonly fix?: string
}

export const ok = (name: string, detail: string): Check => ({ name, status: "ok", detail })
export const wrong = (name: string, detail: string, fix: string): Check => ({ name, status: "wrong", detail, fix })
export const skipped = (name: string, detail: string, fix: string): Check => ({ name, status: "skipped", detail, fix })

/** Checks what the Worker needs of its wrangler configuration: one line for each need. */
export function checkWrangler(config: Awaited<ReturnType<typeof readWranglerConfig>>): readonly Check[] {
  const name = "wrangler"
  if (config === "none")
    return [
      skipped(
        name,
        "no wrangler.toml in this folder",
        "Run it in the folder of your Worker, or start with `countersign init`.",
      ),
    ]
  if (config === "no_wrangler") return [skipped(name, "wrangler is not installed in this folder", "Run npm install.")]
  if (config instanceof Error)
    return [
      wrong(
        name,
        toLine(config.message).slice(0, 300),
        "Correct wrangler.toml until `npx wrangler deploy --dry-run` passes.",
      ),
    ]
  return [checkDate(config), checkFlags(config), checkObjects(config), checkCron(config), checkVars(config)]
}

const checkDate = ({ compatibility_date: date = "none" }: WranglerConfig): Check =>
  date >= COMPATIBILITY.date && date !== "none"
    ? ok("compatibility date", date)
    : wrong("compatibility date", date, `Set compatibility_date = "${COMPATIBILITY.date}" or later in wrangler.toml.`)

function checkFlags({ compatibility_flags: flags = [] }: WranglerConfig): Check {
  const missing = COMPATIBILITY.flags.filter((flag) => !flags.includes(flag))
  return missing.length === 0
    ? ok("flags", flags.join(", "))
    : wrong(
        "flags",
        `without ${missing.join(", ")}`,
        `Add ${missing.join(", ")} to compatibility_flags in wrangler.toml.`,
      )
}

function checkObjects({ durable_objects: objects, migrations = [] }: WranglerConfig): Check {
  const needed = { INBOXES: "Inbox", ACCOUNTS: "Account" }
  const bound = new Map(objects?.bindings?.map(({ name, class_name }) => [name, class_name]))
  const made = new Set(migrations.flatMap(({ new_sqlite_classes: classes = [] }) => classes))
  const unbound = Object.entries(needed).filter(([name, kind]) => bound.get(name) !== kind)
  const unmade = Object.values(needed).filter((kind) => !made.has(kind))
  if (unbound.length > 0)
    return wrong(
      "objects",
      `without the binding ${unbound.map(([name]) => name).join(", ")}`,
      `Add [[durable_objects.bindings]]: ${unbound.map(([name, kind]) => `${name} of class ${kind}`).join(", ")}.`,
    )
  return unmade.length === 0
    ? ok("objects", "INBOXES, ACCOUNTS")
    : wrong(
        "objects",
        `no migration makes ${unmade.join(", ")}`,
        `Add a migration with new_sqlite_classes = ["${unmade.join('", "')}"].`,
      )
}

const checkCron = ({ triggers }: WranglerConfig): Check =>
  (triggers?.crons?.length ?? 0) > 0
    ? ok("cron", triggers!.crons!.join(", "))
    : wrong("cron", "no trigger", 'Add [triggers] crons = ["*/15 * * * *"]: it wakes shards whose alarm was lost.')

/** Anyone who reads the repository or the dashboard reads `[vars]`. */
function checkVars({ vars = {} }: WranglerConfig): Check {
  const secret = ["WEBHOOK_SECRETS", "OPERATOR_TOKEN", "PARTNER_API_KEYS"].filter((name) => name in vars)
  return secret.length === 0
    ? ok("vars", "no secrets")
    : wrong(
        "vars",
        `${secret.join(", ")} in [vars]`,
        `Remove from wrangler.toml, rotate, and set with npx wrangler secret put ${secret[0]!}.`,
      )
}
