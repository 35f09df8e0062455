// The first half of npm run bench: installs the peers of bench/package.json, unless those of its lockfile are there.

import { execFileSync } from "node:child_process"
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"

const lockfile = join(import.meta.dirname, "package-lock.json")
/** npm writes it at the end of an installation. */
const installed = join(import.meta.dirname, "node_modules", ".package-lock.json")

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lockfile).mtimeMs) {
  console.log("Installing the verifiers to compare with, into bench/node_modules.")
  const shell = process.platform === "win32"
  execFileSync("npm", ["ci", "--loglevel=error"], { cwd: import.meta.dirname, stdio: "inherit", shell })
}
