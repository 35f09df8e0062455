// Catches a new project that lacks what the Worker needs. tools/own-worker.ts installs one and runs its test.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { unstable_readConfig as readConfig } from "wrangler"
import { createProject, type Versions } from "../../src/cli/init-files.ts"
import { checkWrangler } from "../../src/cli/project.ts"
import { runCommandLine } from "../support/command-line.ts"

const folder = mkdtempSync(join(tmpdir(), "countersign-init-"))
afterAll(() => rmSync(folder, { recursive: true }))

const ROOT = join(import.meta.dirname, "..", "..")
const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  devDependencies: Versions
}
const files = createProject("my-receiver", "countersign-0.1.0.tgz", devDependencies)

describe("countersign init", () => {
  it("its wrangler.toml has all that doctor looks for", () => {
    writeFileSync(join(folder, "wrangler.toml"), files["wrangler.toml"]!)
    const checks = checkWrangler(readConfig({ config: join(folder, "wrangler.toml") }))
    expect(checks.map(({ status }) => status)).toEqual(Array(checks.length).fill("ok"))
  })

  it("every version is exact, and the package is the one beside it", () => {
    const { dependencies, devDependencies: development } = JSON.parse(files["package.json"]!) as Record<string, object>
    expect(dependencies).toMatchObject({ countersign: "file:countersign-0.1.0.tgz" })
    const versions = Object.entries({ ...dependencies, ...development }).filter(([name]) => name !== "countersign")
    expect(versions.length).toBeGreaterThan(4)
    for (const [, version] of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  it("changes no file that is there → 2", async () => {
    writeFileSync(join(folder, "package.json"), "{}")
    const { code, err } = await runCommandLine(["init"], { cwd: folder })
    expect([code, err]).toEqual([2, expect.stringContaining("has package.json, wrangler.toml already")])
    expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("{}")
  })
})
