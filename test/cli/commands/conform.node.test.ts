// Catches a grade that is too good: a receiver with a known mistake must break the promise about it, and only those.

import { describe, expect, it } from "vitest"
import { createVerifier } from "../../../src/index.ts"
import type { AnyProvider } from "../../../src/providers/provider.ts"
import { github, standardWebhooks, stripe } from "../../../src/providers.ts"
import { runCommandLine } from "../../support/command-line.ts"
import { NOW, SECRET } from "../../support/delivery.ts"
import { createReceiver } from "../../support/receiver.ts"

const SECRETS = {
  stripe: "whsec_stripe_0123456789",
  github: "github_0123456789abcdef",
  sw: "whsec_MDEyMzQ1Njc4OWFiY2RlZg==",
}

interface Peer {
  readonly provider: AnyProvider
  readonly secret: string
  readonly toleranceSeconds?: number
  /** Handles an event each time that it comes. */
  readonly forgetful?: boolean
  /** Answers instead of the receiver. */
  readonly answer?: (body: Uint8Array, request: Request) => Response | undefined
}

/** A receiver as an application writes one. */
function createPeer({ provider, secret, toleranceSeconds, forgetful = false, answer }: Peer) {
  const handled: string[] = []
  const verifier = createVerifier({ provider, secrets: [secret], now: NOW, toleranceSeconds })
  const fetch = async (request: Request): Promise<Response> => {
    if (request.method === "GET") return Response.json(handled)
    const body = new Uint8Array(await request.arrayBuffer())
    const other = answer?.(body, request)
    if (other) return other
    const result = await verifier.checkSignatureAsync(body, request.headers, { method: "POST", url: request.url })
    if (!result.ok) return new Response(null, { status: 400 })
    const { id } = JSON.parse(new TextDecoder().decode(body).replaceAll("\ufffd", "")) as { id?: string }
    if (id !== undefined && (forgetful || !handled.includes(id))) handled.push(id)
    return new Response(null, { status: 204 })
  }
  return fetch as typeof globalThis.fetch
}

async function conform(peer: Peer) {
  const args = ["conform", "http://localhost:3000/hooks", "-p", peer.provider.name, "--secret-env", "S", "--json"]
  const world = { env: { S: peer.secret }, fetch: createPeer(peer) }
  const { code, out } = await runCommandLine([...args, "--observe", "http://localhost:3000/handled"], world)
  const graded = JSON.parse(out) as { name: string; ok: boolean }[]
  return { code, count: graded.length, broken: graded.filter(({ ok }) => !ok).map(({ name }) => name) }
}

const STRIPE = { provider: stripe, secret: SECRETS.stripe }
/** As far as the bytes that are not UTF-8, which its own parser refuses. */
const throws = (status: number) => (body: Uint8Array) =>
  body.includes(0xff) ? new Response(null, { status }) : undefined

describe("countersign conform", () => {
  it.each<Peer>([
    { ...STRIPE, answer: throws(400) },
    { provider: github, secret: SECRETS.github, answer: throws(400) },
    { provider: standardWebhooks, secret: SECRETS.sw, answer: throws(400) },
  ])("a receiver of $provider.name that does all of it keeps every promise", async (peer) => {
    const { code, count, broken } = await conform(peer)
    expect([code, broken]).toEqual([0, []])
    expect(count).toBeGreaterThan(12)
  })

  it.each<{ why: string; peer: Peer; breaks: readonly string[] }>([
    {
      why: "checks no time",
      peer: { ...STRIPE, toleranceSeconds: 86_400, answer: throws(400) },
      breaks: ["a delivery signed too long ago", "a delivery signed ahead of time"],
    },
    { why: "falls over a body", peer: { ...STRIPE, answer: throws(500) }, breaks: ["signed bytes that are not UTF-8"] },
    {
      why: "handles an event twice",
      peer: { ...STRIPE, forgetful: true, answer: throws(400) },
      breaks: ["each genuine event is handled"],
    },
    {
      why: "takes what is not signed",
      peer: {
        ...STRIPE,
        answer: (body, { headers }) => (headers.has("stripe-signature") ? throws(400)(body) : new Response()),
      },
      breaks: ["a delivery without a signature", "an unsigned body of 80000 characters"],
    },
  ])("one that $why breaks just that", async ({ peer, breaks }) => {
    const { code, broken } = await conform(peer)
    expect([code, broken]).toEqual([1, breaks])
  })

  it("one that refuses everything, or takes everything, breaks what that means", async () => {
    const refuses = await conform({ ...STRIPE, answer: () => new Response(null, { status: 401 }) })
    expect(refuses.broken).toEqual(expect.arrayContaining(["a genuine delivery", "the same event again"]))
    const takes = await conform({ ...STRIPE, answer: () => new Response() })
    expect(takes.broken).toEqual(expect.arrayContaining(["a byte more than was signed", "an empty signature"]))
  })

  it("a receiver of Credicorp gets the whole suite of countersign/testing", async () => {
    const { fetch } = createReceiver({ clock: Date.now })
    const world = { env: { S: SECRET }, fetch: fetch as typeof globalThis.fetch }
    const { code, out } = await runCommandLine(
      ["conform", "http://localhost/webhooks/credicorp", "--secret-env", "S"],
      world,
    )
    expect([code, out]).toEqual([0, expect.stringMatching(/(\d{2,}) of \1 promises are kept\.$/)])
  })

  it.each([
    { args: ["nowhere"], code: 2, says: "<url> must be" },
    { args: ["https://example.com/hooks"], code: 2, says: "not this machine" },
    { args: ["http://localhost:1/", "--observe", "x"], code: 2, says: "--observe must be" },
    { args: ["http://localhost:1/", "-p", "strpe"], code: 2, says: "Did you mean stripe?" },
    { args: ["http://localhost:1/"], code: 3, says: "No answer from http://localhost:1" },
  ])("$args → $code, $says", async ({ args, code, says }) => {
    const result = await runCommandLine(["conform", "--secret-env", "S", ...args], { env: { S: SECRET } })
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(says)])
  })
})
