// Catches a banner that sends its reader to a port on which no Worker listens.

import { describe, expect, it } from "vitest"
import { createBanner, findPort, readSources } from "../../tools/start.ts"

it.each([
  { args: ["--port", "9000"], port: 9000 },
  { args: ["--port=9001", "--local"], port: 9001 },
  { args: ["--ip", "0.0.0.0"], port: 8787 },
  { args: [], port: 8787 },
])("npm start -- $args → $port", async ({ args, port }) => {
  expect(await findPort(args)).toBe(port)
})

describe("the banner", () => {
  const sources = [{ name: "credicorp", secretsVariable: "WEBHOOK_SECRETS" }]
  const started = { port: 9000, added: [], key: "sk_test_x", sources }

  it("names the port everywhere, and says how the commands are told of it", () => {
    const banner = createBanner(started)
    expect([...banner.matchAll(/localhost:(\d+)/g)].map(([, port]) => port)).toEqual(Array(5).fill("9000"))
    expect(banner).toContain("COUNTERSIGN_URL=http://localhost:9000")
  })

  it("says nothing of that on the usual port, nor of other sources where there are none", () => {
    const banner = createBanner({ ...started, port: 8787 })
    expect(banner).not.toContain("--origin")
    expect(banner).not.toContain("other sources")
  })

  it("names every other source with the variable of its secrets", () => {
    const stripe = { name: "stripe", secretsVariable: "STRIPE_WEBHOOK_SECRETS" }
    const banner = createBanner({ ...started, sources: [...sources, stripe] })
    expect(banner).toContain("\n  http://localhost:9000/webhooks/stripe  (STRIPE_WEBHOOK_SECRETS)\n")
  })

  it("says so where the file cannot be loaded", () => {
    expect(createBanner({ ...started, sources: undefined })).toContain("cannot be loaded outside of the Worker")
  })
})

const toUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`

describe("the sources of a file of handlers", () => {
  it.each([
    {
      why: "handlers alone",
      code: "export const handlers = { entries: [], schemas: {}, concurrency: {} }",
      want: ["credicorp"],
    },
    { why: "sources", code: 'export const handlers = { sources: [{ name: "a" }, { name: "b" }] }', want: ["a", "b"] },
    { why: "imports of the platform", code: 'import { env } from "cloudflare:workers"', want: undefined },
    { why: "no handlers", code: "export const other = 1", want: undefined },
    { why: "code that throws", code: "throw new Error()", want: undefined },
  ])("$why → $want", async ({ code, want }) => {
    expect((await readSources(toUrl(code)))?.map(({ name }) => name)).toEqual(want)
  })
})
