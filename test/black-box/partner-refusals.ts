import { describe, expect, it } from "vitest"
import { createEndpoint, ENDPOINTS, idsOf, verdict, type As } from "./partner-client.ts"
import { BODIES, FIELDS, type Row } from "./partner-rows.ts"

/** Every refusal that needs no more than one request, by the spec's own codes. */
export function describeRefusals(as: As): void {
  describeCredentials(as)
  describeScopes(as)
  describeRoutes(as)
  describeTable(as, "the body as such (spec 4.2, 5.10)", "acct_box_bodies", BODIES)
  describeTable(as, "fields (spec 5.4, 5.5, 5.7, 5.8)", "acct_box_fields", FIELDS)
}

function describeTable(as: As, name: string, account: string, rows: readonly Row[]): void {
  const call = as({ account })
  describe(name, () => {
    const created: string[] = []

    it.each(rows)("$why → $want", async ({ want, method = "POST", path = "", body, headers = {} }) => {
      const answer = await call(method, path, { body, headers })
      expect(verdict(answer)).toBe(want)
      if (answer.status === 201) created.push(String(answer.json["id"]))
    })

    it("no refusal left an endpoint behind", async () => {
      expect(idsOf(await call("GET", "")).toSorted()).toEqual(created.toSorted())
    })
  })
}

function describeCredentials(as: As): void {
  const nobody = as(null)
  const KEY = `sk_test_${"0".repeat(43)}`

  describe("credentials (spec 5.9)", () => {
    it.each([
      { why: "no header", header: undefined, want: "401 missing_api_key" },
      { why: "an empty header", header: "", want: "401 missing_api_key" },
      { why: "a scheme alone", header: "Bearer", want: "401 missing_api_key" },
      { why: "a key that nobody has", header: `Bearer ${KEY}`, want: "401 invalid_api_key" },
      { why: "no scheme", header: KEY, want: "401 invalid_api_key" },
      { why: "another scheme", header: `Basic ${KEY}`, want: "401 invalid_api_key" },
      { why: "two keys", header: `Bearer ${KEY} ${KEY}`, want: "401 invalid_api_key" },
    ])("$why → $want", async ({ header, want }) => {
      expect(verdict(await nobody("GET", "", { headers: { Authorization: header } }))).toBe(want)
    })

    it("come before everything that a body could be told", async () => {
      const answer = await nobody("POST", "/whend_x/rotate_secret", {
        body: "{",
        headers: { "Content-Type": "no/json" },
      })
      expect(verdict(answer)).toBe("401 missing_api_key")
    })
  })
}

function describeScopes(as: As): void {
  const READS = "webhooks:read"
  const WRITES = "webhooks:write"
  const ELSEWHERE = "payments:read"
  const DOORS = [
    { method: "GET", path: "", needs: READS },
    { method: "GET", path: "/whend_x", needs: READS },
    { method: "POST", path: "", needs: WRITES },
    { method: "PATCH", path: "/whend_x", needs: WRITES },
    { method: "DELETE", path: "/whend_x", needs: WRITES },
    { method: "POST", path: "/whend_x/rotate_secret", needs: WRITES },
  ]
  const rows = DOORS.flatMap((door) => [
    { ...door, has: door.needs === READS ? WRITES : READS, want: "403 scope_not_granted" },
    { ...door, has: ELSEWHERE, want: "403 insufficient_scope" },
  ])

  describe("scopes (spec 5.9)", () => {
    it.each(rows)("$method $path with $has alone → $want", async ({ method, path, has, want }) => {
      const call = as({ account: "acct_box_doors", scopes: [has] })
      expect(verdict(await call(method, path))).toBe(want)
    })

    it("each is enough for what needs it", async () => {
      const writes = as({ account: "acct_box_doors", scopes: [WRITES] })
      const reads = as({ account: "acct_box_doors", scopes: [READS] })
      const { id } = await createEndpoint(writes)
      expect(verdict(await reads("GET", `/${id}`))).toBe("200")
      expect(verdict(await writes("DELETE", `/${id}`))).toBe("204")
    })
  })
}

function describeRoutes(as: As): void {
  const call = as({ account: "acct_box_doors" })

  describe("routes (spec 4.2)", () => {
    it.each([
      { path: "", methods: ["PUT", "PATCH", "DELETE", "OPTIONS"], allow: "GET, HEAD, POST" },
      { path: "/whend_x", methods: ["PUT", "POST", "OPTIONS"], allow: "GET, HEAD, PATCH, DELETE" },
      { path: "/whend_x/rotate_secret", methods: ["GET", "PUT", "PATCH", "DELETE"], allow: "POST" },
    ])("$methods of $path → method_not_allowed, and what is: $allow", async ({ path, methods, allow }) => {
      for (const method of methods) {
        const answer = await call(method, path)
        expect(verdict(answer)).toBe("405 method_not_allowed")
        expect(answer.headers.get("Allow")?.split(", ").toSorted()).toEqual(allow.split(", ").toSorted())
      }
    })

    it.each(["/partner", "/partner/v1", "/partner/v2/webhook_endpoints", `${ENDPOINTS}/whend_x/elsewhere`])(
      "%s → route_not_found",
      async (path) => {
        expect(verdict(await call("GET", path))).toBe("404 route_not_found")
      },
    )

    it.each([
      { method: "GET", path: "/whend_x" },
      { method: "PATCH", path: "/whend_x", body: {} },
      { method: "DELETE", path: "/whend_x" },
      { method: "POST", path: "/whend_x/rotate_secret" },
    ])("$method of an endpoint that nobody has → resource_not_found", async ({ method, path, body }) => {
      expect(verdict(await call(method, path, { body }))).toBe("404 resource_not_found")
    })

    it("a request id is never the caller's", async () => {
      const sent = "req_0000000000000000"
      const answers = [1, 2].map(() => call("GET", "", { headers: { "Credicorp-Request-Id": sent } }))
      const ids = (await Promise.all(answers)).map(({ headers }) => headers.get("Credicorp-Request-Id"))
      expect(new Set([...ids, sent]).size).toBe(3)
    })
  })
}
