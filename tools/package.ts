// npm run check:package: checks the packed package. Catches an entry that a bundler or compiler cannot resolve, a file that
// no user needs, and a package that grows.

import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The largest tarball, in bytes. */
const MAX_BYTES = 400_000

/** The code with its types, and the pages that a user reads first. Guides stay in the repository. */
const WANTED = /^(?:dist\/.+\.(?:js|d\.ts)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/

interface Packed {
  readonly filename: string
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

const folder = mkdtempSync(join(tmpdir(), "countersign-"))
try {
  const shell = process.platform === "win32"
  const output = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { encoding: "utf8", shell })
  const [packed] = JSON.parse(output) as [Packed]
  const tarball = join(folder, packed.filename)
  execFileSync("publint", [tarball, "--strict"], { stdio: "inherit", shell })
  // The package is ESM only: require() and the resolution of Node 10 do not count.
  execFileSync("attw", [tarball, "--profile", "esm-only", "--quiet"], { stdio: "inherit", shell })
  const unwanted = packed.files.map(({ path }) => path).filter((path) => !WANTED.test(path))
  if (unwanted.length > 0) throw new Error(`the package has files that no user needs: ${unwanted.join(", ")}`)
  if (packed.size > MAX_BYTES) throw new Error(`the package has ${packed.size} bytes, more than ${MAX_BYTES}`)
  console.log(`publint and arethetypeswrong find nothing. ${packed.files.length} files, ${packed.size} bytes.`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
