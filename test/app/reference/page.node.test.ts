// Catches pages of docs/errors that no longer say what the catalogue says.

import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { toErrorFiles } from "../../../tools/error-pages.ts"

const FOLDER = join(import.meta.dirname, "..", "..", "..", "docs", "errors")

it("docs/errors is what npm run docs:errors makes, and nothing else is there", () => {
  const written = readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), "utf8")])
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(toErrorFiles()))
})
