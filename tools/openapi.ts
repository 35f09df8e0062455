// npm run docs:api: makes docs/api.md from the list of operations. With --json it prints the OpenAPI document
// that a Worker serves at /openapi.json.

import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { OPERATIONS } from "../src/app/reference/declarations.ts"
import { errorsOf } from "../src/app/reference/codes.ts"
import { createDocument, toTemplate } from "../src/app/reference/openapi.ts"
import { CATALOGUE } from "../src/errors/catalogue.ts"
import { argumentsOf, type Argument, type JsonSchema } from "../src/http/json-schema.ts"
import { groupOf, type Declaration } from "../src/http/operation.ts"

export const API_PAGE: string = join(import.meta.dirname, "..", "docs", "api.md")

const TITLES = {
  receiver: "The receiver",
  endpoints: "The registry of endpoints",
  accounts: "Operating: accounts",
  inbox: "Operating: the inbox",
  about: "About the Worker",
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

/** Writes a field's type and rules as the document has them. */
const toRules = (schema: JsonSchema): string =>
  Object.entries(schema)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      if (name === "type") return String(value)
      return `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`
    })
    .join(", ")

const toRow = ({ name, in: place, required, description, schema }: Argument): string =>
  `| \`${name}\`${place === "body" ? "" : ` (${place})`} | ${required ? "required" : ""} | ${cell(toRules(schema))} | ${cell(description)} |`

function toSection(operation: Declaration): string {
  const { name, method, path, summary, description, bearer, body, answers } = operation
  const credential =
    bearer === undefined ? "none" : bearer.scheme === "operator" ? "`OPERATOR_TOKEN`" : `scope \`${bearer.scope}\``
  const rows = argumentsOf(operation).map(toRow)
  const example = answers.find((answer) => answer.example)?.example
  return [
    `### \`${method} ${toTemplate(path)}\``,
    `\`${name}\`: ${summary}.${description ? ` ${description}` : ""} Credential: ${credential}.`,
    ...(rows.length > 0 ? [["| field | | | |", "|---|---|---|---|", ...rows].join("\n")] : []),
    ...(body ? [`\`\`\`json\n${JSON.stringify(body.example, undefined, 2)}\n\`\`\``] : []),
    answers.map(({ status, description: what }) => `- **${status}** ${what}`).join("\n"),
    ...(example ? [`\`\`\`json\n${JSON.stringify(example, undefined, 2)}\n\`\`\``] : []),
    `Errors: ${errorsOf(operation)
      .map((code) => `\`${code}\` ${CATALOGUE[code].status}`)
      .join(", ")}.`,
  ].join("\n\n")
}

/** Makes docs/api.md. */
export function createApiPage(): string {
  const parts = Object.entries(TITLES).map(([group, title]) => {
    const sections = OPERATIONS.filter((operation) => groupOf(operation) === group).map(toSection)
    return `## ${title}\n\n${sections.join("\n\n")}`
  })
  const used = new Set<string>(OPERATIONS.flatMap((operation) => errorsOf(operation)))
  const codes = Object.entries(CATALOGUE)
    .filter(([code]) => used.has(code))
    .map(([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${cell(meaning)} |`)
  return `${[
    "# The HTTP API",
    "Made by `npm run docs:api` from the declarations that the routes are made from: edit those, not this page. `GET /openapi.json` of a Worker is the same as OpenAPI 3.1; `npm run docs:api -- --json` prints it.",
    ...parts,
    "## Codes",
    ["| code | status | |", "|---|---|---|", ...codes].join("\n"),
  ].join("\n\n")}\n`
}

if (import.meta.main) {
  if (process.argv.includes("--json")) console.log(JSON.stringify(createDocument(), undefined, 2))
  else writeFileSync(API_PAGE, createApiPage())
}
