import { Hono, type Context } from "hono"
import { accepts } from "hono/accepts"
import { html, raw } from "hono/html"
import { ERROR_CODES, toErrorPage, toText, type ErrorPage } from "./page.ts"
import { errorResponse, everyHeader, jsonResponse } from "../../http/response.ts"

type ErrorContext = Context<{ Variables: { requestId: string } }>
type Html = ReturnType<typeof html>

/** `GET /` lists the codes, `GET /{code}` says all there is to know of one: JSON, or HTML for whoever accepts that first. */
export function createErrorRoutes(): Hono<{ Variables: { requestId: string } }> {
  const app = new Hono<{ Variables: { requestId: string } }>()
  const pages = ERROR_CODES.map(toErrorPage)
  const summaries = pages.map(({ code, status, type, meaning }) => ({ code, status, type, meaning }))
  const serve = (path: string, value: object, render: () => Html): void => {
    app.get(path, (c) => negotiate(c, value, render))
    app.all(path, (c) => errorResponse({ code: "method_not_allowed" }, c.var.requestId, { Allow: "GET, HEAD" }))
  }
  serve("/", { data: summaries }, () => listOf(summaries))
  for (const page of pages) serve(`/${page.code}`, page, () => pageOf(page))
  return app
}

async function negotiate(c: ErrorContext, value: object, render: () => Html): Promise<Response> {
  const { requestId } = c.var
  const supports = ["application/json", "text/html"]
  const type = accepts(c, { header: "Accept", supports, default: "application/json" })
  if (type !== "text/html") return jsonResponse(200, value, requestId, { Vary: "Accept" })
  return new Response(String(await render()), { headers: { ...everyHeader(requestId), ...HTML_HEADERS } })
}

/** Every text in it is ours and is escaped all the same; nothing is loaded, run, sent or framed. */
const HTML_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'sha256-70CC9Q8H1chpIgcVPx/dMNTn+fROrODNV1iofKpqU80='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  Vary: "Accept",
}

const STYLE = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1,code,pre{font-family:ui-monospace,monospace}
h1{font-size:1.5rem;margin-bottom:0;overflow-wrap:anywhere}
h2{font-size:1rem;margin:1.5rem 0 0}
p{margin:.5rem 0}
pre{padding:1rem;overflow-x:auto;border:1px solid;border-radius:.25rem}`

const documentOf = (title: string, content: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        ${raw(`<style>${STYLE}</style>`)}
      </head>
      <body>
        ${content}
      </body>
    </html>`

const listOf = (summaries: readonly Pick<ErrorPage, "code" | "status" | "meaning">[]): Html =>
  documentOf(
    "Errors",
    html`<h1>Errors</h1>
      ${summaries.map(
        ({ code, status, meaning }) =>
          html`<p>
            ${status} <a href="/errors/${code}"><code>${code}</code></a
            ><br />${meaning}
          </p>`,
      )}`,
  )

const pageOf = ({ code, status, type, meaning, when, retry, sender, receiver, example }: ErrorPage): Html =>
  documentOf(
    code,
    html`<p><a href="/errors">Errors</a></p>
      <h1>${code}</h1>
      <p>
        ${status} ${type}. ${retry ? "The same request may succeed later." : "The same request will be refused again."}
      </p>
      <p><b>${meaning}</b></p>
      <h2>When</h2>
      <p>${when}</p>
      <h2>If you sent the request</h2>
      <p>${sender}</p>
      <h2>If you run what answered it</h2>
      <p>${receiver}</p>
      <h2>Example</h2>
      <pre>${toText(example)}</pre>`,
  )
