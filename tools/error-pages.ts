// npm run docs:errors: writes docs/errors/ from the catalogue. A test compares the pages with it.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  ERROR_CODES,
  GROUPS,
  isSent,
  splitCode,
  toErrorPage,
  toText,
  type ErrorPage,
} from "../src/app/reference/page.ts"

const FOLDER = join(import.meta.dirname, "..", "docs", "errors")

const EMITTERS: Readonly<Record<ErrorPage["emitted_by"][number], string>> = {
  receiver: "the [receiver](../receiver.md)",
  endpoints: "the [registry of endpoints](../endpoints.md)",
}

const NEVER = "Never sent by Countersign: the code belongs to other services of Credicorp."

/** Sets the names in a text as code. */
const prose = (text: string): string =>
  splitCode(text)
    .map(({ text: part, isCode }) => (isCode ? `\`${part}\`` : part))
    .join("")

const toMarkdown = (page: ErrorPage): string => `# ${page.code}

Status ${page.status}, \`${page.type}\`. **${prose(page.meaning)}**

${isSent(page) ? `Sent by ${page.emitted_by.map((emitter) => EMITTERS[emitter]).join(" and ")}.` : NEVER} \
${page.retry ? "The same request may succeed later." : "The same request will be refused again."}

**When.** ${prose(page.when)}

**If you sent the request.** ${prose(page.sender)}

**If you run the server.** ${prose(page.receiver)}

\`\`\`http
${toText(page.example)}
\`\`\`
`

const toTable = (pages: readonly ErrorPage[]): string => `| status | code | meaning |
|---|---|---|
${pages.map(({ code, status, meaning }) => `| ${status} | [\`${code}\`](${code}.md) | ${prose(meaning)} |`).join("\n")}`

const toIndex = (pages: readonly ErrorPage[]): string => `# Errors

The 40 codes, one page each. Branch on \`code\`: texts may change, and codes are added over time. For a code that you do not
know, \`classifyError\` returns what to do. The Worker serves the same texts under \`/errors\`. \`npm run docs:errors\` makes these
pages.

${GROUPS.map(
  ({ title, statuses }) =>
    `## ${title}\n\n${toTable(pages.filter((page) => isSent(page) && statuses.includes(page.status)))}`,
).join("\n\n")}

## Never sent by Countersign

Other services of Credicorp answer with these. They are listed for their clients.

${toTable(pages.filter((page) => !isSent(page)))}
`

/** Name of the file in docs/errors/ → its text. */
export function toErrorFiles(): ReadonlyMap<string, string> {
  const pages = ERROR_CODES.map(toErrorPage)
  return new Map([
    ["README.md", toIndex(pages)],
    ...pages.map((page): [string, string] => [`${page.code}.md`, toMarkdown(page)]),
  ])
}

if (import.meta.main) {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, text] of toErrorFiles()) writeFileSync(join(FOLDER, name), text)
  console.log(`${readdirSync(FOLDER).length} pages in docs/errors`)
}
