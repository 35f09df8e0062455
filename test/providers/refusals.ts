import * as providers from "../../src/providers.ts"
import type { AnyProvider } from "../../src/providers/provider.ts"
import { createVerifier } from "../../src/verify/verifier.ts"

/** One genuine delivery, made without the code under test. */
export interface Genuine {
  readonly provider: AnyProvider
  readonly secret: string
  readonly secretId?: string
  /** A secret of the same form that did not sign. */
  readonly otherSecret: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly method?: string
  readonly url?: string
  readonly now: number
  /** The text of the signature, as it is in a header or in the body; empty where there is none to change. */
  readonly signature: string
  /** The tolerance that the provider names; 0 where its time is not compared, or there is none. */
  readonly tolerance: number
}

export const METHOD = "POST"

export const URL_OF_ALL = "https://receiver.example/webhooks/one?a=1"

/** A provider by the name of its export. */
export const providerOf = (name: string): AnyProvider =>
  (providers as Readonly<Record<string, unknown>>)[name] as AnyProvider

/** `ok`, or the reason of the refusal. */
export async function check(genuine: Genuine): Promise<string> {
  const { provider, secret, secretId = "key-1", headers, body, method = METHOD, url = URL_OF_ALL, now } = genuine
  const verifier = createVerifier({ provider, secrets: [{ id: secretId, secret, allowUnusual: true }], now })
  const result = await verifier.checkSignatureAsync(body, headers, { method, url })
  return result.ok ? "ok" : (result.error.reason ?? result.error.code)
}

/** The same bytes, written otherwise: hex as base64, base64 as hex. */
function reencode(signature: string): string {
  if (/^(?:[0-9a-f]{2})+$/i.test(signature)) return Buffer.from(signature, "hex").toString("base64")
  return Buffer.from(signature, "base64").toString("hex")
}

const otherCase = (text: string): string => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase())

const BASE64_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/** Another last digit: in base64 one that differs in a bit which a lenient decoder drops, so that the bytes stay the same. */
function otherEnd(signature: string): string {
  const at = /=*$/.exec(signature)!.index - 1
  const digit = BASE64_DIGITS.indexOf(signature[at]!.replace("-", "+").replace("_", "/"))
  const next = BASE64_DIGITS[digit ^ 1]!
  return (
    signature.slice(0, at) +
    (/[-_]/.test(signature) ? next.replace("+", "-").replace("/", "_") : next) +
    signature.slice(at + 1)
  )
}

interface Change {
  readonly why: string
  readonly change: (genuine: Genuine) => Genuine | undefined
}

const withSignature =
  (to: (signature: string) => string) =>
  (genuine: Genuine): Genuine | undefined => {
    const { signature, headers, body } = genuine
    if (!signature) return undefined
    const changed = to(signature)
    if (changed === signature) return undefined
    const put = (text: string): string => text.split(signature).join(changed)
    return {
      ...genuine,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value)])),
      body: put(body),
    }
  }

const signatureHeaderOf = ({ headers, signature }: Genuine): string | undefined =>
  Object.keys(headers).find((name) => signature && headers[name]!.includes(signature))

const withHeader =
  (to: (value: string) => string | undefined) =>
  (genuine: Genuine): Genuine | undefined => {
    const name = signatureHeaderOf(genuine)
    if (name === undefined) return undefined
    const { [name]: value = "", ...rest } = genuine.headers
    const changed = to(value)
    return { ...genuine, headers: { ...rest, ...(changed !== undefined && { [name]: changed }) } }
  }

const CHANGES: readonly Change[] = [
  { why: "another secret", change: (genuine) => ({ ...genuine, secret: genuine.otherSecret }) },
  {
    why: "a byte more in the body",
    change: (genuine) => (genuine.provider.covers.body ? { ...genuine, body: `${genuine.body} ` } : undefined),
  },
  {
    why: "a byte less in the body",
    change: (genuine) => (genuine.provider.covers.body ? { ...genuine, body: genuine.body.slice(0, -1) } : undefined),
  },
  {
    why: "no body",
    change: (genuine) => (genuine.provider.covers.body ? { ...genuine, body: "" } : undefined),
  },
  {
    why: "a second too old",
    change: (genuine) => (genuine.tolerance ? { ...genuine, now: genuine.now + genuine.tolerance + 1 } : undefined),
  },
  {
    why: "a second too new",
    change: (genuine) => (genuine.tolerance ? { ...genuine, now: genuine.now - genuine.tolerance - 1 } : undefined),
  },
  {
    why: "another URL",
    change: (genuine) =>
      genuine.provider.covers.url ? { ...genuine, url: "https://other.example/webhooks/two?b=2" } : undefined,
  },
  {
    why: "another method",
    change: (genuine) => (genuine.provider.covers.method ? { ...genuine, method: "PUT" } : undefined),
  },
  { why: "no signature header", change: withHeader(() => undefined) },
  { why: "an empty signature header", change: withHeader(() => " ") },
  { why: "the signature cut", change: withSignature((text) => text.slice(0, -1)) },
  { why: "half of the signature", change: withSignature((text) => text.slice(0, text.length / 2)) },
  { why: "a character more", change: withSignature((text) => `${text}0`) },
  { why: "no signature where one was", change: withSignature(() => "") },
  { why: "the same bytes in another encoding", change: withSignature(reencode) },
  { why: "the signature in the other case", change: withSignature(otherCase) },
  { why: "another end, which may decode to the same bytes", change: withSignature(otherEnd) },
  { why: "a signature of zeros", change: withSignature((text) => text.replaceAll(/[\w+/]/g, "0")) },
  { why: "white space in the signature", change: withSignature((text) => `${text.slice(0, 4)} ${text.slice(4)}`) },
]

/** What must be refused of a delivery that is accepted, each with one thing changed. */
export const refusalsOf = (genuine: Genuine): readonly { readonly why: string; readonly changed: Genuine }[] =>
  CHANGES.flatMap(({ why, change }) => {
    const changed = change(genuine)
    return changed ? [{ why, changed }] : []
  })
