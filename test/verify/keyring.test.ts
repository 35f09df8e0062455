import { describe, expect, it } from "vitest"
import { nobleEngine } from "../../src/verify/hmac.ts"
import { createKeyring, findSigner, isActive } from "../../src/verify/keyring.ts"
import { credicorp } from "../../src/providers/credicorp.ts"
import { checkSecrets, type Secret } from "../../src/verify/secrets.ts"
import { hmacHex, NOW } from "../support/delivery.ts"

const MESSAGE = new TextEncoder().encode("5.message")

/** A delivery whose signed bytes are `MESSAGE`. */
const delivery = (signatures: readonly string[]) => ({
  claim: { signatures, timeText: "5", signedAt: 5 },
  body: MESSAGE.subarray(2),
  target: undefined,
  now: NOW,
})

const keyring = (secrets: readonly Secret[]) =>
  createKeyring(secrets.length > 0 ? checkSecrets(secrets) : [], credicorp, nobleEngine)

const named = (id: string, times: Omit<Secret, "id" | "secret"> = {}): Secret => ({
  id,
  secret: `whsec_${id}`,
  ...times,
})

describe("isActive (spec 1.12: notBefore inclusive, notAfter exclusive)", () => {
  const cases = [
    { why: "no bounds", key: {}, want: true },
    { why: "bounds that are undefined", key: { notBefore: undefined, notAfter: undefined }, want: true },
    { why: "its first second", key: { notBefore: NOW }, want: true },
    { why: "its last second", key: { notAfter: NOW + 1 }, want: true },
    { why: "its only second", key: { notBefore: NOW, notAfter: NOW + 1 }, want: true },
    { why: "begins in 1970", key: { notBefore: 0 }, want: true },
    { why: "one second before its first", key: { notBefore: NOW + 1 }, want: false },
    { why: "the second of notAfter", key: { notAfter: NOW }, want: false },
    { why: "one second after notAfter", key: { notAfter: NOW - 1 }, want: false },
    { why: "long over", key: { notBefore: NOW - 20, notAfter: NOW - 10 }, want: false },
    { why: "not yet, and bounded", key: { notBefore: NOW + 10, notAfter: NOW + 20 }, want: false },
    { why: "ends in 1970", key: { notAfter: 0 }, want: false },
  ]

  it.each(cases)("$why → $want", ({ key, want }) => {
    const { notBefore = 0, notAfter = Infinity } = key
    expect(isActive({ notBefore, notAfter }, NOW)).toBe(want)
  })
})

const LETTERS = Array.from("abcdefghijklmnop")

const past = { notAfter: NOW }
const future = { notBefore: NOW + 1 }

/** `by` names the secrets that made the signatures of the header, in its order. */
const signers = [
  { why: "the only secret", keys: [named("a")], by: ["a"], want: "a" },
  { why: "the first of two secrets", keys: [named("a"), named("b")], by: ["a"], want: "a" },
  { why: "the last of two secrets", keys: [named("a"), named("b")], by: ["b"], want: "b" },
  { why: "the second signature", keys: [named("a")], by: ["x", "a"], want: "a" },
  { why: "the first signature", keys: [named("a")], by: ["a", "x"], want: "a" },
  { why: "the last of 16 signatures", keys: [named("a")], by: [...LETTERS.slice(1), "a"], want: "a" },
  { why: "last secret, last signature", keys: [named("a"), named("b")], by: ["x", "y", "b"], want: "b" },
  {
    why: "both sides rotate: the first secret that matches",
    keys: [named("a"), named("b")],
    by: ["b", "a"],
    want: "a",
  },
  { why: "the last of 16 secrets", keys: LETTERS.map((id) => named(id)), by: ["p"], want: "p" },
  { why: "an active one behind one that is over", keys: [named("a", past), named("b")], by: ["a", "b"], want: "b" },
  {
    why: "an active one behind one that is to come",
    keys: [named("a", future), named("b")],
    by: ["a", "b"],
    want: "b",
  },
  { why: "no secret made it", keys: [named("a"), named("b")], by: ["x"], want: undefined },
  { why: "no signatures", keys: [named("a")], by: [], want: undefined },
  { why: "no keys", keys: [], by: ["a"], want: undefined },
  { why: "made by a secret that is over", keys: [named("a", past), named("b")], by: ["a"], want: undefined },
  { why: "made by a secret that is to come", keys: [named("a", future), named("b")], by: ["a"], want: undefined },
  { why: "none is active", keys: [named("a", past), named("b", future)], by: ["a", "b"], want: undefined },
]

describe("findSigner tries every active secret with every signature (spec 1.10, 1.12)", () => {
  it.each(signers)("$why → $want", async ({ keys, by, want }) => {
    const signatures = await Promise.all(by.map((id) => hmacHex(`whsec_${id}`, MESSAGE)))
    expect(findSigner(keyring(keys), delivery(signatures))?.id).toBe(want)
  })

  const nearMisses = [
    { why: "the signature in upper case", change: (hex: string) => hex.toUpperCase() },
    { why: "its first 63 characters", change: (hex: string) => hex.slice(0, 63) },
    { why: "its first character alone", change: (hex: string) => hex.slice(0, 1) },
    { why: "nothing of it", change: () => "" },
    { why: "the signature and a character more", change: (hex: string) => `${hex}0` },
    { why: "the signature twice", change: (hex: string) => hex + hex },
    { why: "the last character changed", change: (hex: string) => hex.slice(0, 63) + (hex.endsWith("0") ? "1" : "0") },
    { why: "the first character changed", change: (hex: string) => (hex.startsWith("0") ? "1" : "0") + hex.slice(1) },
  ]

  it.each(nearMisses)("$why → no signer", async ({ change }) => {
    const signature = change(await hmacHex("whsec_a", MESSAGE))
    expect(findSigner(keyring([named("a")]), delivery([signature]))).toBeUndefined()
  })
})

describe("createKeyring", () => {
  it("a key signs as Web Crypto does", async () => {
    expect(keyring([named("a")])[0]!.sign!(delivery([]).claim, delivery([]).body, undefined)).toBe(
      await hmacHex("whsec_a", MESSAGE),
    )
  })

  it("a key does not carry the secret's text", () => {
    expect(JSON.stringify(keyring([named("a", { notBefore: 1 })]))).not.toContain("whsec_a")
  })

  it("prepares each key once, whatever is signed with it", () => {
    const prepared: string[] = []
    const keys = createKeyring(checkSecrets([named("a"), named("b")]), credicorp, {
      ...nobleEngine,
      hmac: (key) => (prepared.push(new TextDecoder().decode(key)), nobleEngine.hmac(key)),
    })
    for (let i = 0; i < 5; i++) findSigner(keys, delivery(["0".repeat(64)]))
    expect(prepared).toEqual(["whsec_a", "whsec_b"])
  })
})
