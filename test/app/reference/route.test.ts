// Catches a page that a browser would let load or run something, a code without one, and an answer in the wrong form.

import { describe, expect, it } from "vitest"
import { createApp } from "../../../src/app/app.ts"
import { CATALOGUE, type CatalogueEntry, type ErrorCode } from "../../../src/errors/catalogue.ts"
import { toAnswer, type Answer } from "../../support/receiver.ts"

const ORIGIN = "https://receiver.example"
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

const fetchPage = async (path: string, init?: RequestInit): Promise<Response> => {
  const surfaces = {
    sources: [{ state: "off", source: "credicorp" }],
    inbox: { state: "off" },
    endpoints: { state: "off" },
    operator: { state: "off" },
  } as const
  return await createApp({ ...surfaces, log: () => {}, clock: () => 0 }).fetch(new Request(ORIGIN + path, init))
}

const getJson = async (path: string, accept = "application/json"): Promise<Answer> =>
  await toAnswer(await fetchPage(path, { headers: { Accept: accept } }))

const codes = (Object.keys(CATALOGUE) as ErrorCode[]).map((code) => ({ code }))

describe("/errors", () => {
  it("lists every code once, in the order of the catalogue", async () => {
    const { status, json, headers } = await getJson("/errors")
    expect([status, headers.get("Content-Type"), headers.get("Vary")]).toEqual([200, "application/json", "Accept"])
    const listed = json["data"] as { code: string }[]
    expect(listed.map(({ code }) => code)).toEqual(Object.keys(CATALOGUE))
    expect(listed[0]).toEqual({
      code: "invalid_json",
      status: 400,
      type: "invalid_request_error",
      meaning: CATALOGUE.invalid_json.meaning,
    })
  })

  it("as HTML names the product, and lists the codes that are never sent apart from the others", async () => {
    const text = await (await fetchPage("/errors", { headers: { Accept: BROWSER } })).text()
    expect(text).toContain("<title>Errors · Countersign</title>")
    const [sent = "", never = ""] = text.split("<h2>Never sent by this Worker</h2>")
    for (const [code, { emittedBy }] of Object.entries<CatalogueEntry>(CATALOGUE)) {
      expect([code, (emittedBy.length > 0 ? sent : never).includes(`href="/errors/${code}"`)]).toEqual([code, true])
    }
  })

  it("as HTML links to every code", async () => {
    const text = await (await fetchPage("/errors", { headers: { Accept: BROWSER } })).text()
    const links = [...text.matchAll(/href="\/errors\/(\w+)"/g)].map(([, code]) => code)
    expect(new Set(links)).toEqual(new Set(Object.keys(CATALOGUE)))
    expect(links).toHaveLength(Object.keys(CATALOGUE).length)
  })
})

describe("/errors/{code}", () => {
  it.each(codes)("$code: what the catalogue says, and an example that is such an answer", async ({ code }) => {
    const { status, json } = await getJson(`/errors/${code}`)
    const { meaning, type, emittedBy, status: want } = CATALOGUE[code]
    expect(status).toBe(200)
    expect(json).toMatchObject({ code, type, meaning, status: want, emitted_by: emittedBy })
    expect(json["retry"]).toBe(want === 429 || want >= 500)
    expect(json["example"]).toMatchObject({ status: want, body: { error: { code, type, message: meaning } } })
    for (const text of ["when", "sender", "receiver"]) expect(json[text]).toMatch(/^\w.{10,}[.?]$/)
  })

  it("a code that we answer with says what to do about it; one that we do not says so", async () => {
    for (const { code } of codes) {
      const { receiver } = (await getJson(`/errors/${code}`)).json
      if (CATALOGUE[code].emittedBy.length > 0) expect(receiver).not.toContain("never answers with this code")
    }
    expect((await getJson("/errors/form_required")).json["receiver"]).toContain("never answers with this code")
  })

  it("as HTML: all texts, no script, and nothing that could be loaded", async () => {
    const response = await fetchPage("/errors/invalid_value_type", { headers: { Accept: BROWSER } })
    const text = await response.text()
    const { json } = await getJson("/errors/invalid_value_type")
    const plain = text.replaceAll(/<\/?(?:code|wbr)[^>]*>/g, "").replaceAll(/\s+/g, " ")
    for (const name of ["when", "sender", "receiver", "meaning"]) {
      expect(plain).toContain(String(json[name]).replaceAll("'", "&#39;"))
    }
    // Names in the texts are set as code, and a long one may break at its underscores only.
    expect(text).toMatch(/<code\s*>WEBHOOK_<wbr \/>LIVEMODE<\/code/)
    expect(text).toMatch(/<h1><code\s*>invalid_<wbr \/>value_<wbr \/>type<\/code/)
    expect(text).toContain("&quot;param&quot;: &quot;data.object.amount&quot;")
    expect(text).not.toMatch(/<script|\son\w+=|style=|src=|https?:/)
    expect(response.headers.get("Vary")).toBe("Accept")
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff")
    expect(response.headers.get("Credicorp-Request-Id")).toMatch(/^req_/)
  })

  it("texts are escaped: a placeholder in angle brackets is shown, not taken for markup", async () => {
    const text = await (
      await fetchPage("/errors/webhook_signature_missing", { headers: { Accept: "text/html" } })
    ).text()
    expect(text).toContain("t=&lt;seconds since 1970&gt;")
  })

  it("the policy lets through the one style sheet, by its hash, and nothing else", async () => {
    const response = await fetchPage("/errors/rate_limited", { headers: { Accept: "text/html" } })
    const [, style] = /<style>([\s\S]*?)<\/style>/.exec(await response.text())!
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style))
    const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)))
    expect(response.headers.get("Content-Security-Policy")).toBe(
      `default-src 'none'; style-src 'sha256-${base64}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
  })

  it.each([
    { accept: undefined, want: "application/json" },
    { accept: "*/*", want: "application/json" },
    { accept: "image/png", want: "application/json" },
    { accept: "text/html;q=0", want: "application/json" },
    { accept: "text/html;q=0.5, application/json;q=0.9", want: "application/json" },
    { accept: "", want: "application/json" },
    { accept: BROWSER, want: "text/html; charset=utf-8" },
    { accept: "text/html", want: "text/html; charset=utf-8" },
    { accept: "TEXT/HTML", want: "text/html; charset=utf-8" },
    { accept: "text/*", want: "text/html; charset=utf-8" },
    { accept: `text/html,${"x/y,".repeat(250)}`, want: "text/html; charset=utf-8" },
    // Caught: an Accept of any length was parsed.
    { accept: `text/html,${"x/y,".repeat(254)}`, want: "application/json" },
  ])("Accept: $accept → $want", async ({ accept, want }) => {
    const response = await fetchPage("/errors/rate_limited", {
      headers: accept === undefined ? {} : { Accept: accept },
    })
    expect(response.headers.get("Content-Type")).toBe(want)
  })

  it.each([
    "/errors/",
    "/errors/nope",
    "/errors/RATE_LIMITED",
    "/errors/rate_limited/",
    "/errors/toString",
    "/errors/%3Cb%3E",
  ])("%s → route_not_found, as JSON whatever is accepted", async (path) => {
    const answer = await getJson(path, BROWSER)
    expect([answer.status, answer.code]).toEqual([404, "route_not_found"])
    expect(answer.text).not.toContain("<b>")
  })

  it.each(["POST", "PUT", "PATCH", "DELETE"])("%s → 405 with Allow", async (method) => {
    for (const path of ["/errors", "/errors/rate_limited"]) {
      const answer = await toAnswer(await fetchPage(path, { method }))
      expect([answer.status, answer.code, answer.headers.get("Allow")]).toEqual([
        405,
        "method_not_allowed",
        "GET, HEAD",
      ])
    }
  })

  it("HEAD is GET without the body", async () => {
    const answer = await toAnswer(await fetchPage("/errors/rate_limited", { method: "HEAD" }))
    expect([answer.status, answer.text]).toEqual([200, ""])
  })
})

describe("/", () => {
  it("says what this is and where to look, as JSON and as a page", async () => {
    const { status, json } = await getJson("/")
    expect([status, json["name"]]).toEqual([200, "Countersign"])
    const page = await fetchPage("/", { headers: { Accept: BROWSER } })
    const text = await page.text()
    expect(page.headers.get("Content-Security-Policy")).toContain("default-src 'none'")
    for (const path of Object.values(json["links"] as Record<string, string>)) {
      expect(text).toContain(`href="${path}"`)
      expect((await fetchPage(path)).status).not.toBe(404)
    }
  })

  it("is an unknown path for a delivery (spec 3.1)", async () => {
    const answer = await toAnswer(await fetchPage("/", { method: "POST" }))
    expect([answer.status, answer.code]).toEqual([404, "route_not_found"])
  })
})
