import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const ROOT = join(import.meta.dirname, "..")

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync("npm", [...args, "--loglevel=error"], { cwd, encoding: "utf8", shell: process.platform === "win32" })

/** A user's project. */
export interface InstalledProject {
  readonly folder: string
  readonly remove: () => void
}

/**
 * Packs what `npm run build` made, and installs it into an empty project as a user would.
 *
 * @param beside Further packages to install, each in the version that this project has.
 */
export function installPacked(beside: readonly string[]): InstalledProject {
  const folder = mkdtempSync(join(tmpdir(), "countersign-"))
  const [tarball = ""] = npm(["pack", "--silent", "--pack-destination", folder], ROOT).trim().split("\n")
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    devDependencies: Readonly<Record<string, string>>
  }
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`)
  const packages = beside.map((name) => `${name}@${devDependencies[name]}`)
  npm(["install", "--prefer-offline", "--no-audit", "--no-fund", join(folder, tarball), ...packages], folder)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
