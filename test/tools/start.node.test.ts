// Catches a banner that sends its reader to a port on which no Worker listens.

import { describe, expect, it } from "vitest"
import { createBanner, findPort } from "../../tools/start.ts"

it.each([
  { args: ["--port", "9000"], port: 9000 },
  { args: ["--port=9001", "--local"], port: 9001 },
  { args: ["--ip", "0.0.0.0"], port: 8787 },
  { args: [], port: 8787 },
])("npm start -- $args → $port", async ({ args, port }) => {
  expect(await findPort(args)).toBe(port)
})

describe("the banner", () => {
  const started = { port: 9000, added: [], key: "sk_test_x" }

  it("names the port everywhere, and says how the commands are told of it", () => {
    const banner = createBanner(started)
    expect([...banner.matchAll(/localhost:(\d+)/g)].map(([, port]) => port)).toEqual(Array(5).fill("9000"))
    expect(banner).toContain("COUNTERSIGN_URL=http://localhost:9000")
  })

  it("says nothing of that on the usual port", () => {
    expect(createBanner({ ...started, port: 8787 })).not.toContain("--origin")
  })
})
