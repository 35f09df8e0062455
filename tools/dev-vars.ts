import { randomBytes } from "node:crypto"
import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"
import { createKey } from "./create-key.ts"

/** Where `wrangler dev` reads local secrets from. Git ignores it. */
const PATH = join(import.meta.dirname, "..", ".dev.vars")

const createDemoKey = (): Readonly<Record<string, string>> => {
  const { key, entry } = createKey({
    id: "demo",
    account: "acct_demo",
    livemode: false,
    scopes: ["webhooks:read", "webhooks:write"],
  })
  // The key itself is for `npm run endpoints` and the curl that `npm start` prints; the Worker needs its hash alone.
  return { PARTNER_API_KEYS: JSON.stringify([entry]), PARTNER_API_KEY: key }
}

/** What `npm start` needs, made only where none of its names is there yet. */
const GROUPS: readonly (readonly [names: readonly string[], create: () => Readonly<Record<string, string>>])[] = [
  [["WEBHOOK_SECRETS"], () => ({ WEBHOOK_SECRETS: `local=whsec_${randomBytes(32).toString("base64url")}` })],
  [["WEBHOOK_LIVEMODE"], () => ({ WEBHOOK_LIVEMODE: "false" })],
  [["PARTNER_API_KEYS", "PARTNER_API_KEY"], createDemoKey],
  [["OPERATOR_TOKEN"], () => ({ OPERATOR_TOKEN: randomBytes(32).toString("base64url") })],
]

/**
 * Adds to `.dev.vars`, with fresh random secrets, what is not in it yet; what is there stays as it is.
 *
 * @returns The names of what was added.
 */
export function ensureDevVars(path: string = PATH): readonly string[] {
  const before = existsSync(path) ? readFileSync(path, "utf8") : ""
  const present = parseEnv(before)
  const missing = GROUPS.filter(([names]) => names.every((name) => present[name] === undefined))
  const added = Object.assign({}, ...missing.map(([, create]) => create())) as Readonly<Record<string, string>>
  const lines = Object.entries(added).map(([name, value]) => `${name}='${value}'\n`)
  if (lines.length > 0) {
    const gap = before === "" || before.endsWith("\n") ? "" : "\n"
    // Readable by its owner only, before there is a secret of ours in it; and only added to, so nothing of it can be lost.
    if (existsSync(path)) chmodSync(path, 0o600)
    appendFileSync(path, gap + lines.join(""), { mode: 0o600 })
  }
  return Object.keys(added)
}

/** The variables of `.dev.vars`; none if it is not there. */
export const readDevVars = (): Readonly<Record<string, string | undefined>> =>
  existsSync(PATH) ? parseEnv(readFileSync(PATH, "utf8")) : {}
