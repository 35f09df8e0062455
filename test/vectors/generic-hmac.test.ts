// Other senders' HMAC layouts, described to `hmacScheme` as a user would.

import { expect, it } from "vitest"
import { hmacScheme, type HmacSchemeOptions } from "../../src/providers/hmac-scheme.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { describeVectors } from "../support/vectors.ts"

interface Case {
  readonly id: string
  readonly provider: string
  readonly name: string
  readonly header: string
  readonly secret: string
  readonly advanced?: boolean
  readonly hash: "sha1" | "sha256" | "sha512" | "md5"
  readonly encoding?: "hex" | "base64"
  readonly bodyBase64: string
  readonly now?: number
  readonly expect: "accept" | "reject"
}

const NAMED = { name: "generic", header: "X-Signature" }

const SCHEMES: Readonly<Record<string, (row: Case) => HmacSchemeOptions>> = {
  convoy: ({ hash, encoding = "hex", advanced }) => ({
    ...NAMED,
    algorithm: hash as "sha256",
    encoding,
    ...(advanced && { signed: "{time},{body}", time: "t=", prefix: "v1=", separators: "," }),
  }),
  "adnanh-webhook": ({ hash }) => ({
    ...NAMED,
    algorithm: hash as "sha256",
    prefix: `${hash}=`,
    prefixOptional: true,
    separators: ",",
  }),
  dialgem: () => NAMED,
}

async function run(row: Case): Promise<"accept" | "reject"> {
  let verifier
  try {
    const secrets = [{ id: "a", secret: row.secret, allowUnusual: true }]
    verifier = createVerifier({ provider: hmacScheme(SCHEMES[row.provider]!(row)), secrets, now: row.now ?? 0 })
  } catch (error) {
    if (error instanceof TypeError) return "reject"
    throw error
  }
  const body = Uint8Array.from(atob(row.bodyBase64), (char) => char.charCodeAt(0))
  return verifier.checkSignature(body, { "x-signature": row.header }).ok ? "accept" : "reject"
}

describeVectors<Case>("generic_hmac", (cases) => {
  // Ed25519 and MD5 are no HMAC of this kind.
  it.each(cases.filter(({ provider, hash }) => provider in SCHEMES && hash !== "md5"))(
    "$id $provider: $name → $expect",
    async (row) => {
      expect(await run(row)).toBe(row.expect)
    },
  )
})
