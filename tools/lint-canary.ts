// If the type-aware half of the linter does not start, its rules are silently off. Two floating promises in temporary files
// show that they are on.

import { spawnSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const sample = join(import.meta.dirname, "lint-canary-sample.ts")
writeFileSync(
  sample,
  `export function floats(): void {\n  Promise.resolve()\n  crypto.subtle.digest("SHA-256", new Uint8Array())\n}\n`,
)

let output: string
try {
  output = spawnSync("oxlint", [sample], { encoding: "utf8", shell: process.platform === "win32" }).stdout
} finally {
  rmSync(sample)
}

const found = output.split("no-floating-promises").length - 1
if (found !== 2) {
  console.error(`The linter found ${found} of 2 floating promises: is its type-aware half running?\n${output}`)
  process.exitCode = 1
}
