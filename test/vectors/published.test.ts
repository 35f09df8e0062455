// Signatures that providers, their SDKs and peers have published: each provider accepts and refuses what its own suite does.

import { expect, it } from "vitest"
import * as providers from "../../src/providers.ts"
import type { AnyProvider } from "../../src/providers/provider.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { describeVectors } from "../support/vectors.ts"

type Secret = string | null | { readonly kid?: string }

interface Case {
  readonly id: string
  readonly name: string
  readonly export: string
  readonly secret: Secret | readonly Secret[]
  readonly keyId?: string
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly bodyBase64?: string
  readonly bodyGen?: {
    readonly prefix?: string
    readonly char: string
    readonly count: number
    readonly suffix?: string
  }
  readonly now: number
  readonly toleranceSeconds?: number
  readonly expect: "accept" | "reject"
  readonly strength: "must" | "policy"
}

const bodyOf = ({ body, bodyBase64, bodyGen }: Case): Uint8Array => {
  if (bodyBase64 !== undefined) return Uint8Array.from(atob(bodyBase64), (char) => char.charCodeAt(0))
  const { prefix = body ?? "", char, count, suffix = "" } = bodyGen ?? { char: "", count: 0 }
  return new TextEncoder().encode(prefix + char.repeat(count) + suffix)
}

/** A secret's id is its key id, where the provider sends one. */
const secretsOf = ({ secret, keyId }: Case) =>
  [secret].flat().map((each, i) => {
    const jwk = typeof each === "object" ? each : undefined
    const id = keyId ?? jwk?.kid ?? `secret-${i + 1}`
    return { id, secret: jwk ? JSON.stringify(jwk) : (each as string), allowUnusual: true }
  })

async function run(row: Case): Promise<"accept" | "reject"> {
  const provider = (providers as Readonly<Record<string, unknown>>)[row.export] as AnyProvider
  const { toleranceSeconds: tolerance = 0, method, url } = row
  const isTolerance = tolerance >= 1 && tolerance <= 86_400
  let verifier
  try {
    verifier = createVerifier({
      provider,
      secrets: secretsOf(row),
      now: row.now,
      ...(isTolerance && { toleranceSeconds: tolerance }),
    })
  } catch (error) {
    if (error instanceof TypeError) return "reject"
    throw error
  }
  const result = await verifier.checkSignatureAsync(bodyOf(row), row.headers, { method, url })
  return result.ok ? "accept" : "reject"
}

describeVectors<Case>("published", (cases) => {
  it.each(cases.filter((row) => row.strength === "must"))("$id $export: $name → $expect", async (row) => {
    expect(await run(row)).toBe(row.expect)
  })
})
