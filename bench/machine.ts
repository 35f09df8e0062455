import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { arch, cpus, platform, release, totalmem } from "node:os"
import { join } from "node:path"

/** The machine on which the figures were measured. */
export const describeMachine = (): Readonly<Record<string, string>> => ({
  processor: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
  memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
  system: `${platform()} ${arch()} ${release()}`,
  date: new Date().toISOString().slice(0, 10),
})

const PACKAGES = [
  "workerd",
  "@noble/hashes",
  "hono",
  "standardwebhooks",
  "svix",
  "stripe",
  "@octokit/webhooks-methods",
  "@hookflo/tern",
]

export const describeVersions = (): Readonly<Record<string, string>> => ({
  node: process.versions.node,
  ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
})

function versionOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  for (const folder of folders) {
    try {
      return (JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")) as { version: string }).version
    } catch {
      // It is in a folder further up.
    }
  }
  return "unknown"
}
