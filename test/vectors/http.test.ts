import { describe, expect, it } from "vitest"
import { createReceiver, toAnswer, createCountedBody, type Answer } from "../support/receiver.ts"
import { describeVectors } from "../support/vectors.ts"

interface HttpCase {
  readonly id: string
  readonly name: string
  readonly strength: "must" | "policy"
  readonly expect: "accept" | "reject"
  readonly expectStatus: readonly number[]
  readonly expectCode?: string | null
  readonly responseMustNotContain?: readonly string[]
  readonly bodyIsEnvelope?: boolean
  readonly now: number
  /** Part of a conversation over a socket or with a store. */
  readonly steps?: unknown
  readonly request: {
    readonly method?: string
    readonly path: string
    readonly headers: readonly (readonly [name: string, value: string])[]
    readonly transfer: "content-length" | "chunked" | "raw"
    readonly bodyBase64?: string
    readonly bodyGen?: {
      readonly prefix: string
      readonly char: string
      readonly count: number
      readonly suffix: string
    }
    readonly chunkSizes?: readonly number[]
  }
}

// As the file's `meta` says.
const SECRETS = [{ id: "test", secret: "whsec_http_conformance_0123456789" }]
const MAX_BODY_BYTES = 65_536

/** Where the file has a policy and our contract another: case → our answer, and the line that decides. */
const OURS: Readonly<Record<string, { readonly want: string; readonly line: string }>> = {
  H022: { want: "404 route_not_found", line: "3.1: a path is this path or another one" },
  H024: { want: "404 route_not_found", line: "3.1: a path is this path or another one" },
}

const utf8 = new TextEncoder()

function bodyOf({ bodyBase64 = "", bodyGen }: HttpCase["request"]): Uint8Array {
  if (!bodyGen) return Uint8Array.from(atob(bodyBase64), (char) => char.charCodeAt(0))
  return utf8.encode(bodyGen.prefix + bodyGen.char.repeat(bodyGen.count) + bodyGen.suffix)
}

function toRequest({ request }: HttpCase): Request {
  const { method = "POST", path, headers, transfer } = request
  const withBody = method !== "GET" && method !== "HEAD"
  const bytes = bodyOf(request)
  const chunks = Array.from({ length: Math.ceil(bytes.length / 16_384) }, (_, i) =>
    bytes.slice(i * 16_384, (i + 1) * 16_384),
  )
  const init = {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    ...(withBody && { body: transfer === "chunked" ? createCountedBody(chunks).stream : bytes }),
    // Node asks for it with a stream; the types of Workers do not know it.
    duplex: "half",
  }
  return new Request(`https://receiver.example${path}`, init)
}

async function answer(each: HttpCase): Promise<Answer> {
  const receiver = createReceiver({ secrets: SECRETS, maxBodyBytes: MAX_BODY_BYTES, clock: () => each.now * 1000 })
  return await toAnswer(await receiver.fetch(toRequest(each)))
}

const summary = ({ status, code }: Answer): string => [status, code].filter(Boolean).join(" ")

/** The statuses that are fine: 413 is 422 with us (spec 3.5), and what is no envelope may be refused as none. */
function statusesOf({ expect: verdict, expectStatus, bodyIsEnvelope = true }: HttpCase): readonly number[] {
  const statuses = expectStatus.map((status) => (status === 413 ? 422 : status))
  return verdict === "accept" && !bodyIsEnvelope ? [...statuses, 422] : statuses
}

describeVectors<HttpCase>("http", (all) => {
  const raw = all.filter(({ request }) => request.transfer === "raw")
  const stepped = all.filter(({ request, steps }) => request.transfer !== "raw" && steps !== undefined)
  const cases = all.filter((each) => !raw.includes(each) && !stepped.includes(each))

  it(`${cases.length} of ${all.length} cases: ${raw.length} need a socket, ${stepped.length} a store or a timer`, () => {
    expect(cases.length).toBeGreaterThan(50)
    expect(cases.length + raw.length + stepped.length).toBe(all.length)
  })

  describe.each(["must", "policy"] as const)("%s", (strength) => {
    it.each(cases.filter((each) => each.strength === strength && !(each.id in OURS)))(
      "$id $name → $expect",
      async (each) => {
        const got = await answer(each)
        expect(statusesOf(each), summary(got)).toContain(got.status)
        if (got.status === 422 && each.expect === "accept") expect(got.code).toBe("invalid_value_type")
        if (each.expectCode) expect(got.code).toBe(each.expectCode)
      },
    )
  })

  it.each(cases.filter(({ id }) => id in OURS))("$id $name → ours", async (each) => {
    const { want, line } = OURS[each.id]!
    expect(each.strength, "only a policy may be ours").toBe("policy")
    expect(summary(await answer(each)), `spec ${line}`).toBe(want)
  })

  it.each(cases.filter((each) => each.responseMustNotContain))("$id $name: nothing leaks", async (each) => {
    const { headers, text } = await answer(each)
    const left = JSON.stringify([...headers]) + text
    expect(each.responseMustNotContain!.filter((secret) => left.includes(secret))).toEqual([])
  })

  it.each(cases)("$id $name: no redirect, and nothing is granted to a browser", async (each) => {
    const { status, headers } = await answer(each)
    expect(status >= 300 && status < 400).toBe(false)
    expect([headers.get("Location"), headers.get("Access-Control-Allow-Origin")]).toEqual([null, null])
  })

  it.each(cases.filter(({ request }) => request.method !== "POST"))("$id $name: 405 carries Allow", async (each) => {
    const { status, headers } = await answer(each)
    expect([status, headers.get("Allow")]).toEqual([405, "POST"])
  })
})
