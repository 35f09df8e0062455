import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import type { Command } from "commander"
import { ensureDevVars } from "../dev-vars.ts"
import { createProject, type Versions } from "../init-files.ts"
import { UsageError, type Context, type Io } from "../io.ts"
import { toLine } from "../print.ts"

/** The folder of the package that runs: `src/cli/commands` and `dist/cli/commands` are equally deep in it. */
const PACKAGE = join(import.meta.dirname, "..", "..", "..")

/** `countersign init`: a new Worker project. */
export const addInit = (program: Command, { io }: Context): void => {
  program
    .command("init")
    .argument("[dir]", "the folder of the project; it is made if it is not there", ".")
    .summary("write a new Worker project")
    .description(
      "Writes a new Worker project: wrangler.toml, tsconfig.json, src/handlers.ts, a test, and .dev.vars with fresh secrets. Changes no file that is there, and installs nothing. The project takes this package from where the command runs.",
    )
    .addHelpText("after", "\nExample:\n  $ countersign init my-receiver && cd my-receiver && npm install && npm test")
    .action((dir: string) => {
      const folder = resolve(io.cwd, dir)
      const files = createProject(toName(folder), tarballName(), readVersions())
      const present = Object.keys(files).filter((file) => existsSync(join(folder, file)))
      if (present.length > 0)
        throw new UsageError(
          `${toLine(dir)} has ${present.join(", ")} already. Name a folder without them: countersign init my-receiver`,
        )
      mkdirSync(folder, { recursive: true })
      pack(folder, io)
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), text, { flag: "wx" })
      }
      ensureDevVars(join(folder, ".dev.vars"))
      io.out(`Written to ${toLine(dir)}:`)
      for (const file of [...Object.keys(files), ".dev.vars", tarballName()]) io.out(`  ${file}`)
      io.out(`
Next:
  ${dir === "." ? "" : `cd ${toLine(dir)} && `}npm install
  npm test                             the Worker takes a signed event, and refuses a forged one
  npm run dev                          the Worker on this machine
  npm run send -- payment.settled      a signed event to it, from another terminal
  npm run inbox -- list                what became of it

Your handlers are in src/handlers.ts.`)
    })
}

interface Manifest {
  readonly version: string
  readonly devDependencies?: Readonly<Record<string, string>>
}

const readManifest = (): Manifest => JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as Manifest

const tarballName = (): string => `countersign-${readManifest().version}.tgz`

/** The versions that this package was tested with: its own package.json has them. */
function readVersions(): Versions {
  const names = ["hono", "node", "typescript", "wrangler", "@cloudflare/workers-types", "@types/node"] as const
  const { devDependencies = {} } = readManifest()
  return Object.fromEntries(names.map((name) => [name, devDependencies[name]!])) as unknown as Versions
}

/** Makes a name for npm and for a Worker, of lower-case letters, digits and hyphens. */
function toName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 54)
  // A project must not have the name of a package that it depends on.
  return name === "" || name === "countersign" ? "my-receiver" : name
}

/** Packs this package into the project: it is not on npm. */
function pack(folder: string, { env }: Io): void {
  if (!existsSync(join(PACKAGE, "dist", "worker.js")))
    throw new UsageError("This clone is not built. Run npm run build first.")
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
    cwd: PACKAGE,
    // npm in a script hands its own options on, as those of `npm init`.
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("npm_"))),
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  })
}
