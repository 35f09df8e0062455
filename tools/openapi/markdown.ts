import { CATALOGUE } from "../../src/errors/catalogue.ts"
import { OPERATIONS, type Examples } from "./document.ts"
import type { DescribedOperation, JsonSchema, Notes } from "./operation.ts"
import { toSchema } from "./schema.ts"

const TITLES = {
  receiver: "The receiver",
  endpoints: "The registry of endpoints",
  accounts: "Operating: accounts",
  inbox: "Operating: the inbox",
  about: "About the Worker",
} as const

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

/** A field's type and rules, as the document has them. */
function ruleOf(field: JsonSchema): string {
  const facts = Object.entries(field).filter(([name]) => name !== "description")
  const rules = facts.map(([name, value]) =>
    name === "type" ? String(value) : `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  )
  return cell(rules.join(", "))
}

const descriptionOf = ({ description }: JsonSchema): string =>
  typeof description === "string" ? cell(description) : ""

function fieldRows(schema: JsonSchema): readonly string[] {
  const branches = (schema["oneOf"] as readonly JsonSchema[] | undefined) ?? [schema]
  const rows = branches.flatMap((branch) => {
    const required = (branch["required"] as readonly string[] | undefined) ?? []
    return Object.entries((branch["properties"] ?? {}) as Notes).map(([name, field]) => {
      const needed = required.includes(name) ? "required" : ""
      return `| \`${name}\` | ${needed} | ${ruleOf(field)} | ${descriptionOf(field)} |`
    })
  })
  return [...new Set(rows)]
}

function toSection(operation: DescribedOperation, examples: Examples): string {
  const { id, method, path, summary, description, bearer, parameters = [], query, body, answers, errors } = operation
  const credential =
    bearer === undefined ? "none" : bearer.scheme === "operator" ? "`OPERATOR_TOKEN`" : `scope \`${bearer.scope}\``
  const rows = [
    ...parameters.map(
      (one) =>
        `| \`${one.name}\` (${one.in}) | ${one.required ? "required" : ""} | ${ruleOf(one.schema)} | ${cell(one.description)} |`,
    ),
    ...(query ? fieldRows(toSchema(query)).map((row) => row.replace("` |", "` (query) |")) : []),
    ...(body ? fieldRows(toSchema(body)) : []),
  ]
  const example = answers
    .map(({ status }) => examples[`${id} ${status}`])
    .find((answer) => answer !== undefined && id !== "showOpenApi")
  return [
    `### \`${method.toUpperCase()} ${path}\``,
    `${summary}.${description ? ` ${description}` : ""} Credential: ${credential}.`,
    ...(rows.length > 0 ? [["| field | | | |", "|---|---|---|---|", ...rows].join("\n")] : []),
    answers.map(({ status, description: what }) => `- **${status}** ${what}`).join("\n"),
    `Refused with ${errors.map((code) => `\`${code}\` ${CATALOGUE[code].status}`).join(", ")}.`,
    ...(example === undefined ? [] : [`\`\`\`json\n${JSON.stringify(example, undefined, 2)}\n\`\`\``]),
  ].join("\n\n")
}

/** The same for people: docs/api.md. */
export function createMarkdown(examples: Examples): string {
  const parts = Object.entries(TITLES).map(([tag, title]) => {
    const sections = OPERATIONS.filter((one) => one.tag === tag).map((one) => toSection(one, examples))
    return `## ${title}\n\n${sections.join("\n\n")}`
  })
  const codes = Object.entries(CATALOGUE)
    .filter(([code]) => OPERATIONS.some(({ errors }) => (errors as readonly string[]).includes(code)))
    .map(([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${cell(meaning)} |`)
  return `${[
    "# The HTTP API",
    "Made by `npm run openapi` from what validates the requests: edit `tools/openapi/`, not this page. The same for machines is `/openapi.json` of the Worker, and [openapi.json](openapi.json) here. The answers shown were recorded from a running Worker.",
    ...parts,
    "## Codes",
    ["| code | status | |", "|---|---|---|", ...codes].join("\n"),
  ].join("\n\n")}\n`
}
