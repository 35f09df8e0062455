// npm run errors: writes docs/errors/ from the catalogue. A test holds the pages to it.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ERROR_CODES, toErrorPage, toText, type ErrorPage } from "../src/app/reference/page.ts"

const FOLDER = join(import.meta.dirname, "..", "docs", "errors")

const EMITTERS = {
  receiver: "the [receiver](../spec.md)",
  endpoints: "the [registry of endpoints](../endpoints.md)",
} satisfies Record<ErrorPage["emitted_by"][number], string>

const toMarkdown = (page: ErrorPage): string => `# ${page.code}

${page.status} \`${page.type}\`. **${page.meaning}**

Answered by ${page.emitted_by.map((emitter) => EMITTERS[emitter]).join(" and ") || "other surfaces of Credicorp's only"}. \
${page.retry ? "The same request may succeed later." : "The same request will be refused again."}

**When.** ${page.when}

**If you sent the request.** ${page.sender}

**If you run what answered it.** ${page.receiver}

\`\`\`http
${toText(page.example)}
\`\`\`
`

const toIndex = (pages: readonly ErrorPage[]): string => `# Errors

The 40 codes, one page each. Branch on \`code\`: texts may change, and codes are added over time, so ask \`classifyError\`
about one that you do not know. The Worker serves the same under \`/errors\`. These pages are made by \`npm run errors\`.

| status | code | meaning |
|---|---|---|
${pages.map(({ code, status, meaning }) => `| ${status} | [${code}](${code}.md) | ${meaning} |\n`).join("")}`

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
