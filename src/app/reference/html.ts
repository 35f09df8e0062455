import type { Context } from "hono"
import { accepts } from "hono/accepts"
import { html, raw } from "hono/html"
import { everyHeader, jsonResponse } from "../../http/response.ts"
import { EMITTER_NAMES, GROUPS, isSent, splitCode, toText, type ErrorPage } from "./page.ts"

type Html = ReturnType<typeof html>
type ReferenceContext = Context<{ Variables: { requestId: string } }>

/** The longest `Accept` header that is parsed. Browsers send fewer than 200 characters. */
export const MAX_ACCEPT_CHARS = 1_024

/** Answers with a value as JSON, or as a page if the client prefers HTML. A longer `Accept` than can be genuine gets JSON. */
export async function negotiate(c: ReferenceContext, value: object, render: () => Html): Promise<Response> {
  const { requestId } = c.var
  const supports = ["application/json", "text/html"]
  const isBounded = (c.req.header("Accept") ?? "").length <= MAX_ACCEPT_CHARS
  const type = isBounded && accepts(c, { header: "Accept", supports, default: "application/json" })
  if (type !== "text/html") return jsonResponse(200, value, requestId, { Vary: "Accept" })
  return new Response(String(await render()), { headers: { ...everyHeader(requestId), ...HTML_HEADERS } })
}

/** Every text on the pages is ours and is escaped all the same; nothing is loaded, run, sent or framed. */
const HTML_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'sha256-PxqG4AwkGxlG7kj2UDbTb0nEbNNJ6muiFyc7FMcjOkU='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  Vary: "Accept",
}

const STYLE = `:root{color-scheme:light dark;--line:#8885}
body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:0 auto;padding:1rem}
a{text-underline-offset:.3em}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}
header{display:flex;gap:1rem;border-bottom:1px solid var(--line);padding-bottom:.5rem}
header a:first-child{font-weight:600;margin-right:auto}
h1{font-size:1.5rem;line-height:1.25;margin:1.5rem 0 .5rem}
h1 code{font-size:1.2rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.5rem 0}
dl{display:grid;grid-template-columns:2.5rem 1fr;gap:.5rem 1rem;margin:0}
dd{margin:0}
.note{border:1px solid var(--line);border-radius:.25rem;padding:.5rem .75rem}
pre{padding:1rem;overflow-x:auto;border:1px solid var(--line);border-radius:.25rem}`

const documentOf = (title: string, content: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title === "Countersign" ? title : `${title} · Countersign`}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header><a href="/">Countersign</a><a href="/errors">Errors</a><a href="/openapi.json">API</a></header>
        ${content}
      </body>
    </html>`

/** Sets a name as code. It may break after an underscore, so that a long one fits a phone. */
const codeOf = (name: string): Html =>
  html`<code>${name.split(/(?<=_)/).map((part, index) => (index === 0 ? html`${part}` : html`<wbr />${part}`))}</code>`

const prose = (text: string): readonly Html[] =>
  splitCode(text).map(({ text: part, isCode }) => (isCode ? codeOf(part) : html`${part}`))

/** The answer of `/`. */
export const INDEX = {
  name: "Countersign",
  description:
    "A receiver of signed webhooks. It verifies each delivery, stores the event, and then runs its handlers.",
  links: { health: "/healthz", openapi: "/openapi.json", errors: "/errors" },
} as const

const LINK_TEXTS: Readonly<Record<keyof typeof INDEX.links, string>> = {
  health: "whether deliveries can be stored",
  openapi: "every route, as OpenAPI 3.1",
  errors: "every error code, and what to do about it",
}

export const indexPage = (): Html =>
  documentOf(
    INDEX.name,
    html`<h1>${INDEX.name}</h1>
      <p>${INDEX.description}</p>
      <h2>Where to look</h2>
      ${Object.entries(INDEX.links).map(
        ([name, path]) =>
          html`<p>
            <a href="${path}"><code>${path}</code></a> ${LINK_TEXTS[name as keyof typeof LINK_TEXTS]}
          </p>`,
      )}`,
  )

type Summary = Pick<ErrorPage, "code" | "status" | "meaning">

const listOf = (summaries: readonly Summary[]): Html =>
  html`<dl>
    ${summaries.map(
      ({ code, status, meaning }) =>
        html`<dt>${status}</dt>
          <dd><a href="/errors/${code}">${codeOf(code)}</a><br />${prose(meaning)}</dd>`,
    )}
  </dl>`

export const errorListPage = (pages: readonly ErrorPage[]): Html =>
  documentOf(
    "Errors",
    html`<h1>Errors</h1>
      <p>Branch on <code>code</code>. If you do not know a code, use the status. Retry 429 and 5xx only.</p>
      ${GROUPS.map(
        ({ title, statuses }) =>
          html`<h2>${title}</h2>
            ${listOf(pages.filter((page) => isSent(page) && statuses.includes(page.status)))}`,
      )}
      <h2>Never sent by this Worker</h2>
      <p>Other services of Credicorp answer with these. They are listed for their clients.</p>
      ${listOf(pages.filter((page) => !isSent(page)))}`,
  )

export const errorPage = (page: ErrorPage): Html => {
  const { code, status, type, meaning, when, retry, sender, receiver, example } = page
  const senders = page.emitted_by.map((emitter) => EMITTER_NAMES[emitter]).join(" and ")
  return documentOf(
    code,
    html`<h1>${codeOf(code)}</h1>
      <p>
        Status ${status}, <code>${type}</code>.
        ${retry ? "The same request may succeed later." : "The same request will be refused again."}
      </p>
      ${
        isSent(page)
          ? html`<p>Sent by ${senders}.</p>`
          : html`<p class="note">Never sent by this Worker: the code belongs to other services of Credicorp.</p>`
      }
      <p><b>${prose(meaning)}</b></p>
      <h2>When</h2>
      <p>${prose(when)}</p>
      <h2>If you sent the request</h2>
      <p>${prose(sender)}</p>
      <h2>If you run the server</h2>
      <p>${prose(receiver)}</p>
      <h2>Example</h2>
      <pre>${toText(example)}</pre>`,
  )
}
