import { randomUUID } from "node:crypto"
import { createHeaderLookup } from "../http/headers.ts"
import { signWebhook, type SecretsInput } from "../index.ts"
import type { AnyProvider } from "../providers/provider.ts"
import { DEFAULT_TOLERANCE_SECONDS } from "../verify/options.ts"

/** Distance beyond the tolerance: large enough that a slow receiver does not bring a delivery back within it. */
const MARGIN_SECONDS = 60

/** Large for an event, and within the limit of every framework that a receiver is written with (100 kB). */
const LARGE_CHARS = 80_000

/** How the deliveries to a receiver are made. */
export interface ConformSettings {
  readonly provider: AnyProvider
  readonly secrets: SecretsInput
  readonly url: string
  /** Sent beside the signature, as a content type. */
  readonly headers: Readonly<Record<string, string>>
  /** An event that the receiver takes; `{{id}}` in it stands for a fresh id. */
  readonly body: string
  /** Whole seconds since 1970. */
  readonly now: () => number
}

/** One delivery, and what any receiver of the provider must answer. */
export interface ConformPromise {
  readonly name: string
  /** `taken` is any 2xx, `refused` any 4xx, `answered` anything under 500. */
  readonly want: "taken" | "refused" | "answered"
  /** The id of the event, where it is to be handled exactly once. */
  readonly id?: string
  readonly request: () => Request
}

const toUtf8 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(new TextEncoder().encode(text))

const fresh = (): string => `evt_${randomUUID().replaceAll("-", "")}`

/** Lists what a receiver must take, refuse and survive. */
export function createPromises(settings: ConformSettings): readonly ConformPromise[] {
  const { provider, url, now, body: template, headers: given } = settings
  const bodyOf = (id: string): Uint8Array<ArrayBuffer> => toUtf8(template.replaceAll("{{id}}", () => id))

  const sign = (body: Uint8Array, secrets: SecretsInput = settings.secrets, at = now(), id = fresh()) => {
    const headers: Record<string, string> = { ...given }
    const { idHeader } = provider.layout ?? {}
    if (idHeader && createHeaderLookup(headers)(idHeader.toLowerCase()) === "") headers[idHeader] = id
    const signed = signWebhook(body, { provider, secrets, now: at, target: { method: "POST", url }, headers })
    return { all: { ...headers, ...signed }, signed }
  }
  const post = (body: Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>): Request =>
    new Request(url, { method: "POST", headers, body })
  /** A genuine delivery with other bytes than those that were signed. */
  const resent = (change: (body: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) => (): Request => {
    const body = bodyOf(fresh())
    return post(change(body), sign(body).all)
  }
  const genuine = (id: string) => (): Request => {
    const body = bodyOf(id)
    return post(body, sign(body, undefined, undefined, id).all)
  }
  const signedAt = (seconds: number) => (): Request => {
    const body = bodyOf(fresh())
    return post(body, sign(body, undefined, now() + seconds).all)
  }
  /** A genuine delivery whose signature headers are changed. */
  const spelled = (change: (value: string) => string) => (): Request => {
    const body = bodyOf(fresh())
    const { all, signed } = sign(body)
    const changed = Object.entries(signed).map(([name, value]) => [name, change(value)] as const)
    return post(body, { ...all, ...Object.fromEntries(changed) })
  }
  const once = fresh()
  const last = fresh()
  const beyond = (provider.toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS) + MARGIN_SECONDS
  const timed: readonly ConformPromise[] = provider.covers.time
    ? [
        { name: "a delivery signed too long ago", want: "refused", request: signedAt(-beyond) },
        { name: "a delivery signed ahead of time", want: "refused", request: signedAt(beyond) },
      ]
    : []
  const inBody: readonly ConformPromise[] = provider.covers.body
    ? [
        {
          name: "a byte more than was signed",
          want: "refused",
          request: resent((body) => Uint8Array.of(...body, 0x20)),
        },
        { name: "a byte less than was signed", want: "refused", request: resent((body) => body.slice(0, -1)) },
        { name: "another event than was signed", want: "refused", request: resent(() => bodyOf(fresh())) },
      ]
    : []
  return [
    { name: "a genuine delivery", want: "taken", id: once, request: genuine(once) },
    { name: "the same event again", want: "taken", id: once, request: genuine(once) },
    ...inBody,
    ...timed,
    {
      name: "a delivery signed with another secret",
      want: "refused",
      request: () => {
        const body = bodyOf(fresh())
        return post(body, sign(body, [otherSecret(settings.secrets)]).all)
      },
    },
    { name: "a delivery without a signature", want: "refused", request: () => post(bodyOf(fresh()), given) },
    { name: "an empty signature", want: "refused", request: spelled(() => "") },
    { name: "a signature whose last character differs", want: "refused", request: spelled(changeLast) },
    { name: "a signature that is cut short", want: "refused", request: spelled((value) => value.slice(0, -2)) },
    {
      name: "a signature of 10,000 characters",
      want: "refused",
      request: spelled((value) => value + "0".repeat(10_000)),
    },
    { name: "an empty body", want: "answered", request: () => post(toUtf8(""), given) },
    {
      name: "signed bytes that are not UTF-8",
      want: "answered",
      request: () => {
        const body = Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d)
        return post(body, sign(body).all)
      },
    },
    {
      name: `an unsigned body of ${LARGE_CHARS} characters`,
      want: "refused",
      request: () => post(toUtf8(" ".repeat(LARGE_CHARS)), given),
    },
    { name: "a genuine delivery after all that", want: "taken", id: last, request: genuine(last) },
  ]
}

/** Makes another secret of the same form, by swapping two characters in its middle, behind any prefix. */
function otherSecret(secrets: SecretsInput): string {
  const [first] = secrets as readonly (string | { readonly secret: string })[]
  const text = typeof first === "string" ? first : first!.secret
  let at = Math.floor(text.length / 2)
  while (at < text.length - 2 && text[at] === text[at + 1]) at++
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2)
}

const changeLast = (value: string): string => {
  const at = value.search(/[0-9A-Za-z](?=[^0-9A-Za-z]*$)/)
  // Not the last character of base64, of which some bits may not count.
  const place = Math.max(0, at - 4)
  const other = value[place] === "a" ? "b" : "a"
  return value.slice(0, place) + other + value.slice(place + 1)
}
