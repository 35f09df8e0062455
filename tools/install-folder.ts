// node tools/install-folder.ts <folder>: installs the dependencies of a folder with its own lockfile, unless they are installed.
// So npm ci does not install what only a few commands need.

import { execFileSync } from "node:child_process"
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"

const folder = join(import.meta.dirname, "..", process.argv[2] ?? "")
const lockfile = join(folder, "package-lock.json")
/** npm writes it at the end of an installation. */
const installed = join(folder, "node_modules", ".package-lock.json")

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lockfile).mtimeMs) {
  console.log(`Installing the dependencies of ${process.argv[2]}.`)
  const shell = process.platform === "win32"
  execFileSync("npm", ["ci", "--loglevel=error"], { cwd: folder, stdio: "inherit", shell })
}
