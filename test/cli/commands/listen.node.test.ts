// Catches a local receiver that changes what it passes on, gives up when its target is down, or shows a wrong verdict.

import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer, request as requestHttp, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { buffer } from "node:stream/consumers"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { createVerifier, signWebhook } from "../../../src/index.ts"
import { github, stripe, twilio } from "../../../src/providers.ts"
import { runCommandLine, type CommandResult } from "../../support/command-line.ts"
import { NOW, sampleBody, SECRET } from "../../support/delivery.ts"
import { findFreePort } from "../../support/free-port.ts"

const folder = mkdtempSync(join(tmpdir(), "countersign-listen-"))
const env = { WEBHOOK_SECRETS: SECRET, STRIPE: "whsec_stripe_0123456789", GITHUB: "github_0123456789abcdef" }

/** What the target of --forward got. */
const got: { method: string; url: string; raw: readonly string[]; body: Buffer }[] = []
const target = createServer((incoming, outgoing) => {
  void (async () => {
    got.push({ method: incoming.method!, url: incoming.url!, raw: incoming.rawHeaders, body: await buffer(incoming) })
    outgoing.writeHead(418, { "X-Answer": "yes" }).end("short and stout")
  })()
})
let targetUrl = ""
beforeAll(async () => {
  await once(target.listen(0, "127.0.0.1"), "listening")
  targetUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}/hooks`
})
afterEach(() => void (got.length = 0))
afterAll(() => {
  target.close()
  rmSync(folder, { recursive: true })
})

interface Listening {
  readonly url: string
  readonly lines: string[]
  readonly stop: () => Promise<number>
}

/** Starts the command on a free port. */
async function listen(...args: readonly string[]): Promise<Listening> {
  const lines: string[] = []
  const end = new AbortController()
  let ended: Promise<CommandResult> | undefined
  const url = await new Promise<string>((resolve) => {
    ended = runCommandLine(["listen", "--port", "0", ...args], {
      env,
      cwd: folder,
      out: (line) => void lines.push(line),
      err: (line) => {
        const [found] = /http:\S+/.exec(line) ?? []
        if (found) resolve(found.replace("localhost", "127.0.0.1"))
        else lines.push(line)
      },
      interrupt: () => end.signal,
    })
  })
  return {
    url,
    lines,
    async stop() {
      end.abort()
      return (await ended!).code
    },
  }
}

type HeaderLines = readonly (readonly [string, string])[]

/** Sends header lines as they are, repeated ones too. */
async function post(
  url: string,
  body: Uint8Array | string,
  headers: HeaderLines,
): Promise<{ status: number; text: string }> {
  const lines = [["Host", new URL(url).host], ...headers, ["Content-Length", String(Buffer.byteLength(body))]].flat()
  const outgoing = requestHttp(url, { method: "POST", headers: lines, agent: false }).end(body)
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage]
  return { status: incoming.statusCode!, text: (await buffer(incoming)).toString() }
}

const BODY = sampleBody({ id: "evt_listen", type: "payment.settled" })
const signed = (body: string | Uint8Array = BODY): HeaderLines =>
  Object.entries(signWebhook(body, { secrets: [SECRET], now: NOW }))

describe("the verdict", () => {
  it.each([
    { why: "genuine", body: BODY, status: 200, shows: /valid {2}\d+ bytes {2}payment\.settled {2}evt_listen/ },
    { why: "a line break more", body: `${BODY}\n`, status: 400, shows: /refused[^]*1\. body_newline, certain[^]*→/ },
    { why: "another body", body: `{"id":"evt_2"}`, status: 400, shows: /refused[^]*signature_mismatch/ },
    { why: "not an event", body: "{}", headers: signed("{}"), status: 200, shows: /not an event of the provider/ },
    { why: "unsigned", body: BODY, headers: [], status: 400, shows: /webhook_signature_missing/ },
  ])("$why → $status", async ({ body, headers = signed(), status, shows }) => {
    const { url, lines, stop } = await listen()
    const answer = await post(`${url}/any/path?x=1`, body, headers)
    expect(answer.status).toBe(status)
    expect(answer.text).not.toMatch(/body_newline|mismatch/)
    expect(lines.join("\n")).toMatch(shows)
    expect(lines.join("\n")).toContain("POST /any/path?x=1")
    expect(lines.join("\n")).not.toContain(SECRET)
    expect(await stop()).toBe(0)
  })

  it.each([
    { path: "/webhooks/stripe", provider: stripe, secret: env.STRIPE },
    { path: "/webhooks/github", provider: github, secret: env.GITHUB },
    { path: "/hooks", provider: github, secret: env.GITHUB },
    { path: "/hooks?tenant=a", provider: stripe, secret: env.STRIPE },
  ])("$path, several sources → $provider.name", async ({ path, provider, secret }) => {
    const { url, lines, stop } = await listen("--source", "stripe=STRIPE", "github=GITHUB", "--json")
    const body = `{"id":"evt_1","type":"a.b","object":"event","action":"opened"}`
    const headers = Object.entries(signWebhook(body, { provider, secrets: [secret], now: NOW }))
    await post(url + path, body, headers)
    expect(JSON.parse(lines[0]!)).toMatchObject({ ok: true, provider: provider.name, path })
    await stop()
  })

  it("a provider that signs the URL is judged by --url, with the query that arrived", async () => {
    const { url, lines, stop } = await listen(
      "-p",
      "twilio",
      "--secret-env",
      "GITHUB",
      "--url",
      "https://a.example/",
      "--json",
    )
    const body = "MessageSid=SM1&Body=hi"
    const form = { "Content-Type": "application/x-www-form-urlencoded" }
    const where = { method: "POST", url: "https://a.example/sms?tenant=a" }
    const headers = signWebhook(body, {
      provider: twilio,
      secrets: [env.GITHUB],
      target: where,
      headers: form,
      now: NOW,
    })
    await post(`${url}/sms?tenant=a`, body, Object.entries({ ...form, ...headers }))
    expect(JSON.parse(lines[0]!)).toMatchObject({ ok: true })
    await stop()
  })
})

describe("--forward", () => {
  it("passes on the same bytes, header lines and query, and returns the answer", async () => {
    const { url, stop } = await listen("--forward", `${targetUrl}?key=1`)
    const bytes = Uint8Array.from([0, 255, 13, 10, 123, 195, 40])
    const lines: HeaderLines = [
      ...signed(bytes),
      ["X-Twice", "b"],
      ["x-tWICE", "a"],
      ["Content-Type", "text/odd;  a=b"],
    ]
    expect(await post(`${url}/x?b=%2F&b=2&a=`, bytes, lines)).toEqual({ status: 418, text: "short and stout" })
    expect(got).toMatchObject([{ method: "POST", url: "/hooks?key=1&b=%2F&b=2&a=" }])
    expect(new Uint8Array(got[0]!.body)).toEqual(bytes)
    const raw = Array.from({ length: got[0]!.raw.length / 2 }, (_, i) => got[0]!.raw.slice(2 * i, 2 * i + 2))
    for (const line of lines) expect(raw).toContainEqual(line)
    expect(raw).toContainEqual(["Host", new URL(url).host])
    expect(
      createVerifier({ secrets: [SECRET], now: NOW }).checkSignature(bytes, Object.fromEntries(raw)),
    ).toMatchObject({ ok: true })
    await stop()
  })

  it("survives a target that is down", async () => {
    const down = await findFreePort()
    const { url, lines, stop } = await listen("--forward", `http://127.0.0.1:${down}/`)
    for (let i = 0; i < 2; i++) expect((await post(url, BODY, signed())).status).toBe(502)
    expect(lines.join("\n").match(/not forwarded: No answer from http:\S+ \(ECONNREFUSED\)/g)).toHaveLength(2)
    expect(await stop()).toBe(0)
  })

  it("survives a sender that goes away", async () => {
    const { url, lines, stop } = await listen()
    const outgoing = requestHttp(url, { method: "POST", headers: { "Content-Length": "100" } })
    outgoing.write("half", () => outgoing.destroy())
    await expect(once(outgoing, "close")).rejects.toThrow("socket hang up")
    expect((await post(url, BODY, signed())).status).toBe(200)
    expect(lines.join("\n")).toContain("valid")
    await stop()
  })
})

describe("--save, --replay", () => {
  it("a saved delivery is read by verify, replayed as it was, and signed anew", async () => {
    const { url, stop } = await listen("--save", "kept")
    const old = Object.entries(signWebhook(BODY, { secrets: [SECRET], now: NOW - 3_600 }))
    expect((await post(`${url}/x?a=1`, BODY, [...old, ["X-Own", "1"]])).status).toBe(400)
    await stop()
    const [bodyFile, headersFile] = readdirSync(join(folder, "kept")).toSorted()
    const file = join("kept", headersFile!)
    if (process.platform !== "win32") expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, "kept", bodyFile!), "utf8")).toBe(BODY)
    expect(existsSync(join(folder, file))).toBe(true)

    const world = { env, cwd: folder }
    const verify = await runCommandLine(["verify", "-H", file, "-b", join("kept", bodyFile!)], world)
    expect([verify.code, verify.err]).toEqual([1, expect.stringContaining("timestamp_stale")])
    const replay = ["listen", "--replay", file]
    expect((await runCommandLine(replay, world)).code).toBe(1)
    expect(await runCommandLine([...replay, "--resign"], world)).toMatchObject({
      code: 0,
      out: expect.stringContaining("valid"),
    })

    await runCommandLine([...replay, "--resign", "--forward", targetUrl], world)
    expect(got).toMatchObject([{ url: "/hooks?a=1" }])
    expect(got[0]!.raw).toEqual(expect.arrayContaining(["X-Own", "1"]))
    expect(got[0]!.raw.join("\n")).toContain(`t=${NOW},`)
    expect(got[0]!.raw.join("\n")).not.toContain(`t=${NOW - 3_600},`)
    const down = `http://127.0.0.1:${await findFreePort()}`
    expect((await runCommandLine([...replay, "--forward", down], world)).code).toBe(3)
  })

  it.each([
    { args: ["--replay", "missing.headers"], says: "missing.headers cannot be read (ENOENT)" },
    { args: ["--replay", "x.body"], says: ".headers file" },
    { args: ["--resign"], says: "--resign is for --replay" },
    { args: ["--forward", "localhost:3000"], says: "--forward must be" },
    { args: ["--url", "nowhere"], says: "--url must be" },
    { args: ["--port", "70000"], says: "Expected a port" },
    { args: ["--source", "stripe"], says: "as stripe=STRIPE_SECRET" },
    { args: ["--source", "strpe=STRIPE"], says: "Did you mean stripe?" },
    { args: ["--source", "stripe=NONE"], says: "NONE is not set" },
  ])("$args → 2, $says", async ({ args, says }) => {
    const { code, err } = await runCommandLine(["listen", ...args], { env, cwd: folder })
    expect([code, err]).toEqual([2, expect.stringContaining(says)])
  })

  it("a port that is taken → 2", async () => {
    const { port } = target.address() as AddressInfo
    const { code, err } = await runCommandLine(["listen", "--port", String(port)], { env })
    expect([code, err]).toEqual([2, expect.stringContaining("EADDRINUSE")])
  })
})
