import { assertOption } from "../core/assert.ts"
import { equalText, toBase64, toUtf8 } from "../core/bytes.ts"
import { isFields } from "../core/is.ts"
import { parseJsonBytes } from "../core/json.ts"
import { fail, ok } from "../core/result.ts"
import type { HeaderLookup } from "../http/headers.ts"
import { toProvider, type ProviderFacts } from "./hmac-provider.ts"
import type { Claim, DeliveryTarget, Provider, ProviderEvent, Scheme, Signer } from "./provider.ts"
import { MAX_SIGNATURE_HEADER_CHARS } from "./signature-header.ts"

/** A provider that shows a token. Anyone who sees one delivery can forge others. */
export type TokenProvider = Provider<ProviderEvent, "authenticated">

/** Where a token is, and what it must be. */
export interface TokenRule {
  /** For people, as `X-Gitlab-Token`. */
  readonly where: string
  /** The header, where it is always the same one. */
  readonly header?: string
  /** Reads the tokens that the body holds, all of which must match; undefined if there is none. */
  readonly inBody?: (body: Uint8Array) => readonly string[] | undefined
  /** What is expected of a secret: the header (or none) and its value, and a query parameter that may stand for it. */
  readonly expect: (secret: string) => { readonly header?: string; readonly query?: string; readonly value: string }
}

/** The token is the value of a header. */
export const headerToken = (header: string): TokenRule => ({
  where: header,
  header,
  expect: (value) => ({ header, value }),
})

/** HTTP Basic (RFC 7617): the secret is `user:password`. */
export const basicToken: TokenRule = {
  where: "Authorization: Basic",
  header: "Authorization",
  expect(secret) {
    assertOption(secret.includes(":"), "a secret for HTTP Basic must be user:password")
    return { header: "Authorization", value: `Basic ${toBase64(toUtf8(secret))}` }
  },
}

/** `Authorization: Bearer`, or a query parameter. */
export const bearerToken = (query: string): TokenRule => ({
  where: `Authorization: Bearer, or ?${query}=`,
  expect: (secret) => ({ header: "Authorization", query, value: `Bearer ${secret}` }),
})

/** A header that the operator names: the secret is `Name: value`. */
export const namedHeaderToken: TokenRule = {
  where: "a header that you name",
  expect(secret) {
    const [, header, value] = /^([\w-]{1,128}): ?(\S.*)$/.exec(secret) ?? []
    assertOption(
      header && value,
      "a secret for a header that you name must be the header and its value: X-Api-Key: value",
    )
    return { header, value }
  },
}

/** A parameter of the URL that you register. */
export const queryToken = (query: string): TokenRule => ({
  where: `?${query}= of the URL`,
  expect: (value) => ({ query, value }),
})

/** A field of the JSON body; `*` stands for every element of a list, of which there must be one. */
export const bodyToken = (path: readonly string[]): TokenRule => ({
  where: `body.${path.join(".")}`,
  inBody(body) {
    const parsed = parseJsonBytes(body)
    let values: readonly unknown[] = parsed.ok ? [parsed.value] : []
    for (const step of path) {
      values = values.flatMap((value) =>
        step === "*" ? (Array.isArray(value) ? value : []) : isFields(value) ? [value[step]] : [undefined],
      )
    }
    return values.length > 0 && values.every((value) => typeof value === "string") ? values : undefined
  },
  expect: (value) => ({ value }),
})

/** What a claim of a token keeps: the headers, because the secret may say which one counts. */
interface TokenClaim extends Claim {
  readonly lookup: HeaderLookup
}

const queryOf = (target: DeliveryTarget | undefined, name: string): string =>
  (target && new URL(target.url).searchParams.get(name)) ?? ""

/** Makes a provider of a row. */
export function tokenProvider(facts: ProviderFacts, rule: TokenRule): TokenProvider {
  const scheme: Scheme = {
    parseHeaders(lookup) {
      const value = rule.header && lookup(rule.header.toLowerCase())
      if (value === "") return fail("header_missing")
      if (value && value.length > MAX_SIGNATURE_HEADER_CHARS) return fail("header_too_long")
      const claim: TokenClaim = { signatures: [], timeText: "", signedAt: undefined, lookup }
      return ok(claim)
    },
    ...(rule.inBody && {
      parseBody(claim, body) {
        const signatures = rule.inBody!(body)
        return signatures ? ok({ ...claim, signatures }) : fail("header_missing")
      },
    }),
    prepareKey({ secret }) {
      const { header, query, value } = rule.expect(secret)
      return {
        verify(claim, _, target) {
          if (rule.inBody) return claim.signatures.map((token) => equalText(value, token)).every(Boolean)
          const inHeader = header !== undefined && equalText(value, (claim as TokenClaim).lookup(header.toLowerCase()))
          const inQuery = query !== undefined && equalText(secret, queryOf(target, query))
          return inHeader || inQuery
        },
        sign: () => value,
      }
    },
    ...(rule.header && { signer: headerSigner(rule.header) }),
  }
  return toProvider(facts, {
    scheme,
    header: rule.header ?? "",
    summary: `shared token in ${rule.where}`,
    assurance: "authenticated",
    covers: { body: false, time: false, method: false, url: false },
  })
}

const headerSigner = (header: string): Signer => ({
  toClaim: () => ({ signatures: [], timeText: "", signedAt: undefined }),
  toHeaders: (_, [value = ""]) => ({ [header]: value }),
})
