// npm run openapi: makes docs/openapi.json, src/app/reference/openapi-json.ts and docs/api.md from the schemas that validate requests, and from answers that
// a test has recorded.

import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createDocument, type Examples } from "./openapi/document.ts"
import { createMarkdown } from "./openapi/markdown.ts"

const ROOT = join(import.meta.dirname, "..")

/** Answers of a running Worker: `RECORD_EXAMPLES=1 npx vitest run test/openapi` records them anew. */
export const EXAMPLES_PATH: string = join(ROOT, "tools", "openapi", "examples.json")

/** A string literal that needs few escapes, because JSON has no single quotes of its own. */
const toLiteral = (json: string): string => `'${json.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`

/** What the files should hold. */
export function createFiles(): Readonly<Record<string, string>> {
  const examples = existsSync(EXAMPLES_PATH) ? (JSON.parse(readFileSync(EXAMPLES_PATH, "utf8")) as Examples) : {}
  const document = createDocument(examples)
  return {
    [join(ROOT, "docs", "openapi.json")]: `${JSON.stringify(document, undefined, 2)}\n`,
    // For the Worker: text that it need not parse, in a module that every bundler takes.
    [join(ROOT, "src", "app", "reference", "openapi-json.ts")]:
      `// Made by npm run openapi: docs/openapi.json in one line.\nexport const OPENAPI_JSON: string =\n  ${toLiteral(JSON.stringify(document))}\n`,
    [join(ROOT, "docs", "api.md")]: createMarkdown(examples),
  }
}

if (import.meta.main) for (const [path, text] of Object.entries(createFiles())) writeFileSync(path, text)
