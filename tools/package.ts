// npm run package: what others say of the packed package. Catches an entry that some bundler or compiler cannot resolve.

import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const folder = mkdtempSync(join(tmpdir(), "countersign-"))
try {
  const shell = process.platform === "win32"
  const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { encoding: "utf8", shell })
  const tarball = join(folder, packed.trim())
  execFileSync("publint", [tarball, "--strict"], { stdio: "inherit", shell })
  // ESM only: what require() and the resolution of Node 10 make of it is no question.
  execFileSync("attw", [tarball, "--profile", "esm-only", "--quiet"], { stdio: "inherit", shell })
  console.log("publint and arethetypeswrong find nothing.")
} finally {
  rmSync(folder, { recursive: true, force: true })
}
