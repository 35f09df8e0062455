import { randomBytes } from "node:crypto"
import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs"
import { parse } from "dotenv"
import type { Source } from "../events/sources.ts"
import type { AnyProvider } from "../providers/provider.ts"
import { signedHeadersOf } from "../providers/hmac-layout.ts"
import { signWebhook } from "../verify/sign.ts"
import { createKey } from "./create-key.ts"

// `.dev.vars` is read by dotenv, in the version that is part of wrangler: another parser would miss variables that the
// Worker sees, as after a byte order mark or in the form `NAME: value`.

const createDemoKey = (): Readonly<Record<string, string>> => {
  const { key, entry } = createKey({
    id: "demo",
    account: "acct_demo",
    livemode: false,
    scopes: ["webhooks:read", "webhooks:write"],
  })
  // The key itself is for `countersign endpoints` and the curl that `npm start` prints. The Worker reads its hash only.
  return { PARTNER_API_KEYS: JSON.stringify([entry]), PARTNER_API_KEY: key }
}

/** Creates a secret that can sign a provider's deliveries; undefined where the provider signs with a key that only it has. */
export function createLocalSecret(provider: AnyProvider): string | undefined {
  const bytes = randomBytes(32)
  const prefix = provider.secretPrefix ?? ""
  const headers = Object.fromEntries(signedHeadersOf(provider.layout ?? {}).map((name) => [name, "any"]))
  const target = { method: "POST", url: "http://localhost/" }
  return [`${prefix}${bytes.toString("base64")}`, `${prefix}${bytes.toString("hex")}`].find((secret) => {
    try {
      signWebhook("{}", { secrets: [secret], provider, target, headers })
      return true
    } catch {
      return false
    }
  })
}

type Group = readonly [names: readonly string[], create: () => Readonly<Record<string, string>>]

/** Returns what the sources of a Worker need beside `WEBHOOK_SECRETS`. */
const toGroups = (sources: readonly Pick<Source, "secretsVariable" | "provider">[]): readonly Group[] =>
  sources.flatMap(({ secretsVariable: name, provider }): readonly Group[] => {
    const secret = name === "WEBHOOK_SECRETS" ? undefined : createLocalSecret(provider)
    return secret === undefined ? [] : [[[name], () => ({ [name]: secret })]]
  })

/** What a Worker on this machine needs. A group is created only if none of its names is present. */
const GROUPS: readonly Group[] = [
  [["WEBHOOK_SECRETS"], () => ({ WEBHOOK_SECRETS: `local=whsec_${randomBytes(32).toString("base64url")}` })],
  [["WEBHOOK_LIVEMODE"], () => ({ WEBHOOK_LIVEMODE: "false" })],
  [["PARTNER_API_KEYS", "PARTNER_API_KEY"], createDemoKey],
  [["OPERATOR_TOKEN"], () => ({ OPERATOR_TOKEN: randomBytes(32).toString("base64url") })],
]

/**
 * Adds what a `.dev.vars` file lacks, with fresh random secrets. What is in it stays as it is.
 *
 * @param sources The sources of the Worker: each gets a secret of its own, if its provider's secrets can be made here.
 * @returns The names that were added.
 */
export function ensureDevVars(
  path: string,
  sources: readonly Pick<Source, "secretsVariable" | "provider">[] = [],
): readonly string[] {
  const before = existsSync(path) ? readFileSync(path, "utf8") : ""
  const present = parse(before)
  const missing = [...GROUPS, ...toGroups(sources)].filter(([names]) =>
    names.every((name) => present[name] === undefined),
  )
  const added = Object.assign({}, ...missing.map(([, create]) => create())) as Readonly<Record<string, string>>
  const lines = Object.entries(added).map(([name, value]) => `${name}='${value}'\n`)
  if (lines.length > 0) {
    const gap = before === "" || before.endsWith("\n") ? "" : "\n"
    // Only its owner may read it, before the first of our secrets is in it. Nothing is overwritten: text is appended.
    if (existsSync(path)) chmodSync(path, 0o600)
    appendFileSync(path, gap + lines.join(""), { mode: 0o600 })
  }
  return Object.keys(added)
}

/** Returns the variables of a `.dev.vars` file; none if there is no such file. */
export const readDevVars = (path: string): Readonly<Record<string, string | undefined>> =>
  existsSync(path) ? parse(readFileSync(path)) : {}
