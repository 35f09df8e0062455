// Catches a provider's page whose example does not run, takes a forged delivery, or whose facts are no longer the code's.

import { createHash } from "node:crypto"
import { stripTypeScriptTypes } from "node:module"
import { describe, expect, it } from "vitest"
import * as countersign from "../src/index.ts"
import * as providers from "../src/providers.ts"
import { blocksOf, textOf } from "./support/pages.ts"
import { hmac, JSON_BODY, keyOf, now, ORIGIN, SAMPLES, signHub, type Sample } from "./support/provider-samples.ts"

const payload: unknown = JSON.parse(JSON_BODY)

interface FetchHandler {
  readonly fetch: (request: Request, env: Record<string, unknown>) => Promise<Response>
}

type Module = Record<string, unknown>

/** Runs a block as a module: types off, imports out of `modules`, exports returned. */
function run(code: string, modules: Readonly<Record<string, Module>>): Module & { readonly default?: FetchHandler } {
  const body = stripTypeScriptTypes(code)
    .replaceAll(/^import (\w+) from ("[^"]+")/gm, "const $1 = modules[$2].default")
    .replaceAll(/^import (\{[^}]*\}) from ("[^"]+")/gm, "const $1 = modules[$2]")
    .replaceAll(/^export default /gm, "exported.default = ")
    .replaceAll(/^export const (\w+) = /gm, "const $1 = exported.$1 = ")
  // oxlint-disable-next-line typescript/no-implied-eval, typescript/no-unsafe-call -- running text is what this test is for
  return new Function("modules", `"use strict"; const exported = {}; ${body}; return exported`)(modules) as Module
}

const MODULES = { countersign, "countersign/providers": providers }

/** A Worker of an example, and what it put on its queue. */
function start(
  code: string,
  env: Record<string, unknown>,
): { send: (request: Request) => Promise<Response>; sent: unknown[] } {
  const { default: worker } = run(code, MODULES)
  const sent: unknown[] = []
  const queue = { send: (message: unknown) => Promise.resolve(sent.push(message)) }
  return { sent, send: (request) => worker!.fetch(request, { ...env, EVENTS: queue }) }
}

/** What reaches the Worker. Behind the proxy of these tests the origin is another than the one that was called. */
const arrive = (path: string, headers: Record<string, string>, body: string): Request =>
  new Request(`http://10.0.0.7:8080${path}`, { method: "POST", headers, body })

const pageOf = ({ page }: Sample): string => `docs/providers/${page}.md`

/** The row of a page's table of facts. */
const factOf = (text: string, name: string): string | undefined =>
  new RegExp(`^\\| ${name} \\| (.*) \\|$`, "m").exec(text)?.[1]

describe.each(SAMPLES)("docs/providers: $page", (sample) => {
  const { provider, secret, otherSecret, sign, signOther = sign, body, path = "/webhooks", env = {} } = sample
  const text = textOf(pageOf(sample))
  const [name, value] = secret
  const worker = (): ReturnType<typeof start> => start(blocksOf(pageOf(sample))[0]!, { ...env, [name]: value })
  const url = ORIGIN + path
  const genuine = (of = body, time = now()): Record<string, string> => sign(of, time, value, url)

  it("the example takes a genuine delivery and hands its event on", async () => {
    expect(blocksOf(pageOf(sample))).toHaveLength(1)
    const { send, sent } = worker()
    expect((await send(arrive(path, genuine(), body))).status).toBe(sample.status)
    expect(sent).toEqual([sample.sent])
  })

  const covers = provider.covers
  const refused: [what: string, make: () => Request][] = [
    ["another secret", () => arrive(path, signOther(body, now(), otherSecret, url), body)],
    [
      "a changed body",
      () =>
        arrive(
          path,
          genuine(),
          body.replace(/[0-9]/, (digit) => `${(Number(digit) + 1) % 10}`),
        ),
    ],
    ["a byte more", () => arrive(path, genuine(), `${body} `)],
    ["no headers", () => arrive(path, {}, body)],
    [
      "a signature that is cut off",
      () => {
        const headers = genuine()
        const header = Object.keys(headers).find((key) => key.toLowerCase() === provider.signatureHeader.toLowerCase())!
        return arrive(path, { ...headers, [header]: headers[header]!.slice(0, -1) }, body)
      },
    ],
    ...(covers.time
      ? ([
          ["an old delivery", () => arrive(path, genuine(body, now() - 302), body)],
          ["a delivery of the future", () => arrive(path, genuine(body, now() + 310), body)],
        ] as [string, () => Request][])
      : []),
    ...(covers.url ? ([["another URL", () => arrive(`${path}0`, genuine(), body)]] as [string, () => Request][]) : []),
  ]

  it.each(refused)("the example refuses %s", async (_, make) => {
    const { send, sent } = worker()
    expect((await send(make())).status).toBe(sample.refused)
    expect(sent).toEqual([])
  })

  it("its table says what the provider is", () => {
    const covered = Object.entries(covers).flatMap(([part, isCovered]) => (isCovered ? [part] : []))
    expect(factOf(text, "covers")?.split(", ").toSorted()).toEqual(covered.toSorted())
    expect(factOf(text, "tolerance")).toBe(covers.time ? `${provider.toleranceSeconds ?? 300} s` : "none")
    expect(factOf(text, "handshake")?.startsWith("none")).toBe(!provider.handshake)
    expect(factOf(text, "signature")).toContain(`\`${provider.signatureHeader}\``)
    expect(text).toContain(`](${provider.docs})`)
    expect(textOf("docs/providers.md")).toContain(`](providers/${sample.page}.md)`)
  })
})

/** A handshake, signed where it has a body, and the answer of the example. */
interface Handshake {
  readonly page: string
  readonly what: string
  readonly query?: string
  readonly body?: string
  readonly answer: string
}

const SUBSCRIBE = "?hub.mode=subscribe&hub.challenge=11582"

const HANDSHAKES: readonly Handshake[] = [
  {
    page: "slack",
    what: "url_verification",
    body: '{"type":"url_verification","challenge":"3eZbrw1a"}',
    answer: '200 {"challenge":"3eZbrw1a"}',
  },
  { page: "discord", what: "an interaction's PING", body: '{"type":1}', answer: '200 {"type":1}' },
  { page: "discord", what: "a webhook event's PING", body: '{"type":0}', answer: "204 " },
  {
    page: "meta",
    what: "the verify token",
    query: `${SUBSCRIBE}&hub.verify_token=of-my-own-choice`,
    answer: "200 11582",
  },
  { page: "meta", what: "another verify token", query: `${SUBSCRIBE}&hub.verify_token=another`, answer: "403 " },
  { page: "meta", what: "no verify token", query: SUBSCRIBE, answer: "403 " },
]

it.each(HANDSHAKES)("$page: the example answers $what", async ({ page, query = "", body, answer }) => {
  const { provider, secret, sign, env } = SAMPLES.find((sample) => sample.page === page)!
  const { send, sent } = start(blocksOf(`docs/providers/${page}.md`)[0]!, { ...env, [secret[0]]: secret[1] })
  const request = (headers: Record<string, string>): Request =>
    new Request(`${ORIGIN}/${query}`, body === undefined ? {} : { method: "POST", headers, body })
  const got = await send(request(body === undefined ? {} : sign(body, now(), secret[1], "")))
  expect(`${got.status} ${await got.text()}`).toBe(answer)
  expect(got.headers.get("content-type") ?? "").not.toContain("html")
  // One that is signed is answered to nobody else.
  if (body !== undefined) expect((await send(request({}))).status).toBe(provider.refusalStatus ?? 400)
  expect(sent).toEqual([])
})

const LARGE_BODY = JSON.stringify({ text: "a".repeat(1_500_000) })

/** Bodies beyond the usual one, which pages speak of. */
const BODIES: readonly [page: string, what: string, body: string, sent: Record<string, unknown>][] = [
  ["github", "a form", `payload=${encodeURIComponent(JSON_BODY)}`, { payload }],
  ["github", "a body of more than 1 MiB", LARGE_BODY, { payload: JSON.parse(LARGE_BODY) as unknown }],
  ["slack", "a form with a payload", `payload=${encodeURIComponent(JSON_BODY)}`, { type: "order.paid", payload }],
  ["slack", "a form of fields", "command=%2Fdeploy&text=a+b", { payload: { command: "/deploy", text: "a b" } }],
]

it.each(BODIES)("%s: the example takes %s", async (page, _, body, event) => {
  const { secret, sign } = SAMPLES.find((sample) => sample.page === page)!
  const { send, sent } = start(blocksOf(`docs/providers/${page}.md`)[0]!, { [secret[0]]: secret[1] })
  const response = await send(arrive("/", sign(body, now(), secret[1], ""), body))
  expect(response.ok).toBe(true)
  expect(sent).toEqual([expect.objectContaining(event)])
})

it("github: the example takes a ping and hands nothing on", async () => {
  const { send, sent } = start(blocksOf("docs/providers/github.md")[0]!, { GITHUB_SECRET: "8d41c2e0a7b94f36" })
  const headers = { ...signHub(JSON_BODY, 0, "8d41c2e0a7b94f36", ""), "X-GitHub-Event": "ping" }
  expect((await send(arrive("/", headers, JSON_BODY))).status).toBe(204)
  expect(sent).toEqual([])
})

it("twilio: a JSON body is covered by its hash in the URL, and an empty one is not handed on", async () => {
  const token = "0123456789abcdef0123456789abcdef"
  const path = `/?bodySHA256=${createHash("sha256").update(JSON_BODY).digest("hex")}`
  const headers = { "X-Twilio-Signature": hmac("sha1", token, ORIGIN + path, "base64") }
  const { send, sent } = start(blocksOf("docs/providers/twilio.md")[0]!, {
    TWILIO_AUTH_TOKEN: token,
    PUBLIC_ORIGIN: ORIGIN,
  })
  const statusOf = async (body: string): Promise<number> => (await send(arrive(path, headers, body))).status
  expect(await statusOf("")).toBe(422)
  expect(await statusOf(`${JSON_BODY} `)).toBe(400)
  expect(sent).toEqual([])
  expect(await statusOf(JSON_BODY)).toBe(204)
  expect(sent).toEqual([{ key: keyOf(JSON_BODY), payload }])
})

it("twilio: nothing stands between a field's name and its value, as the page warns", async () => {
  const { env, secret, sign } = SAMPLES.find(({ page }) => page === "twilio")!
  const { send, sent } = start(blocksOf("docs/providers/twilio.md")[0]!, { ...env, [secret[0]]: secret[1] })
  const headers = sign("ab=c", now(), secret[1], `${ORIGIN}/`)
  for (const body of ["ab=c", "a=bc"]) expect((await send(arrive("/", headers, body))).status).toBe(204)
  expect((await send(arrive("/", headers, "abc=d"))).status).toBe(400)
  expect(sent).toHaveLength(2)
})

/** Signs as the page says that Acme does. */
const signAcme = (time: number, secret: string): Record<string, string> => ({
  "Acme-Signature": `t=${time},v1=${hmac("sha256", secret, `${time}.${JSON_BODY}`, "hex")}`,
})

/** The block of docs/providers.md that is a file of this name. */
const named = (file: string): string =>
  blocksOf("docs/providers.md").find((code) => code.startsWith(`// ${file}\n`)) ?? ""

describe("docs/providers.md: a provider that is not on the list", () => {
  const SECRET = "acme_0123456789abcdef"

  it("its file takes a genuine delivery and refuses forged ones", async () => {
    const { send, sent } = start(named("acme.ts"), { ACME_SECRET: SECRET })
    const statusOf = async (headers: Record<string, string>, body = JSON_BODY): Promise<number> =>
      (await send(arrive("/", headers, body))).status
    expect(await statusOf(signAcme(now(), "acme_fedcba9876543210"))).toBe(400)
    expect(await statusOf(signAcme(now() - 302, SECRET))).toBe(400)
    expect(await statusOf(signAcme(now(), SECRET), `${JSON_BODY} `)).toBe(400)
    expect(sent).toEqual([])
    expect(await statusOf(signAcme(now(), SECRET))).toBe(204)
    expect(sent).toEqual([{ id: "evt_1", type: "order.paid", payload }])
  })

  it("its table holds", async () => {
    const names: string[] = []
    const test = (name: string, body: () => void): void => {
      body()
      names.push(name)
    }
    const assert = await import("node:assert/strict")
    run(named("acme.test.ts"), {
      ...MODULES,
      "node:test": { test },
      "node:assert/strict": { default: assert.default },
      "./acme.ts": run(named("acme.ts"), MODULES),
    })
    expect(names.length).toBeGreaterThan(10)
  })
})
