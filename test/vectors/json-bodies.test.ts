import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { signedRequest } from "../support/delivery.ts"
import { createReceiver, toAnswer } from "../support/receiver.ts"
import { describeVectors } from "../support/vectors.ts"

interface BodyCase {
  readonly id: string
  readonly name: string
  readonly expect: "accept" | "reject" | "either"
  readonly bodyBase64: string
  readonly header: string
  readonly secret: string
  readonly now: number
  readonly toleranceSeconds: number
}

/** What may be answered to a genuinely signed body, by the verdict of JSON (spec 3.7, 3.8). */
const ANSWERS = {
  // An event or, in most of them, not our envelope; never a word about JSON or the signature.
  accept: ["200", "422 invalid_value_type"],
  reject: ["400 invalid_json"],
  either: ["200", "422 invalid_value_type", "400 invalid_json"],
}

const toBytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))

describeVectors<BodyCase>("json_bodies", (cases) => {
  let before: readonly PropertyKey[] = []
  beforeAll(() => {
    before = Reflect.ownKeys(Object.prototype)
  })
  afterAll(() => {
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before)
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined()
  })

  describe.each(["accept", "reject", "either"] as const)("JSON says %s", (verdict) => {
    it.each(cases.filter((each) => each.expect === verdict))("$id $name", async (each) => {
      const { now, secret, toleranceSeconds } = each
      const receiver = createReceiver({ secrets: [{ id: "test", secret }], toleranceSeconds, clock: () => now * 1000 })
      const body = toBytes(each.bodyBase64)
      const request = await signedRequest({ body, headers: { "Credicorp-Signature": each.header } })
      const { status, code } = await toAnswer(await receiver.fetch(request))
      expect(ANSWERS[verdict]).toContain([status, code].filter(Boolean).join(" "))
    })
  })
})
