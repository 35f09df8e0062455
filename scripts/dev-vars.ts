import { randomBytes } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"

/** Where `wrangler dev` reads local secrets from. Git ignores it. */
const PATH = join(import.meta.dirname, "..", ".dev.vars")

/**
 * Makes `.dev.vars` with fresh random secrets where there is none; never touches one that is there.
 *
 * @returns Whether it was made.
 */
export function ensureDevVars(): boolean {
  if (existsSync(PATH)) return false
  const secret = `whsec_${randomBytes(32).toString("base64url")}`
  // Readable by its owner only, from the moment it exists; `wx` loses to nobody who makes it meanwhile.
  writeFileSync(PATH, `WEBHOOK_SECRETS="local=${secret}"\nWEBHOOK_LIVEMODE="false"\n`, { mode: 0o600, flag: "wx" })
  return true
}

/** The variables of `.dev.vars`; none if it is not there. */
export const readDevVars = (): Readonly<Record<string, string | undefined>> =>
  existsSync(PATH) ? parseEnv(readFileSync(PATH, "utf8")) : {}
