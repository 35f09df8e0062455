/** Spec 5.3, for each mode by itself. */
export const MAX_ENDPOINTS = 20

/** Spec 5.6: the newest, and the one before it during the overlap. */
export const MAX_VALID_SECRETS = 2

/** 256 bits, as long as the hash that it keys. */
export const ENDPOINT_SECRET_BYTES = 32

/** 144 bits: two ids never meet, and nobody guesses one. */
export const ENDPOINT_ID_BYTES = 18

/** What a partner says of an endpoint (spec 5.1), after every rule. */
export interface EndpointFields {
  readonly url: string
  readonly enabled_events: readonly string[]
  readonly description: string | null
  readonly api_version: string | null
  readonly metadata: Readonly<Record<string, string>>
}

/** A secret of an endpoint's; `expiresAt` in milliseconds since 1970, exclusive; null while it is the newest. */
export interface EndpointSecret {
  /** 1 for the first, and one more with each rotation. */
  readonly version: number
  readonly secret: string
  readonly expiresAt: number | null
}

/** An endpoint as it is stored. It leaves only as `publicView` shows it. */
export interface Endpoint extends EndpointFields {
  readonly id: string
  readonly livemode: boolean
  readonly status: "enabled" | "disabled"
  /** RFC 3339. */
  readonly created: string
  /** The newest first; at most two (spec 5.6). */
  readonly secrets: readonly EndpointSecret[]
}

/** An endpoint as it leaves (spec 5.2). `secret` is in the answers that make one, and in their replays. */
export interface EndpointView extends Omit<Endpoint, "secrets"> {
  readonly secret?: string
}

/** The only shape of an endpoint that leaves, its fields always in this order: a replayed answer is byte-equal (spec 5.10). */
export const publicView = (endpoint: Omit<Endpoint, "secrets">, secret?: string): EndpointView => ({
  id: endpoint.id,
  url: endpoint.url,
  enabled_events: endpoint.enabled_events,
  status: endpoint.status,
  ...(secret !== undefined && { secret }),
  created: endpoint.created,
  description: endpoint.description,
  api_version: endpoint.api_version,
  metadata: endpoint.metadata,
  livemode: endpoint.livemode,
})

/** @param now Milliseconds since 1970. */
export const createEndpoint = (fields: EndpointFields, livemode: boolean, now: number): Endpoint => ({
  ...fields,
  id: `whend_${randomText(ENDPOINT_ID_BYTES)}`,
  livemode,
  status: "enabled",
  created: new Date(now).toISOString(),
  secrets: [{ version: 1, secret: createSecret(), expiresAt: null }],
})

/**
 * A new secret; the one before it stays valid for the overlap, and any older one ends now (spec 5.6).
 *
 * @param overlapSeconds 0 to 86400; 0 ends the old secret at once.
 */
export function rotateSecret(endpoint: Endpoint, overlapSeconds: number, now: number): Endpoint {
  const [newest] = endpoint.secrets
  const old = newest && overlapSeconds > 0 ? [{ ...newest, expiresAt: now + overlapSeconds * 1000 }] : []
  const next = { version: (newest?.version ?? 0) + 1, secret: createSecret(), expiresAt: null }
  return { ...endpoint, secrets: [next, ...old].slice(0, MAX_VALID_SECRETS) }
}

/** The secrets that sign a delivery now: one `v1` each (spec 5.6). */
export const validSecrets = ({ secrets }: Endpoint, now: number): readonly EndpointSecret[] =>
  secrets.filter(({ expiresAt }) => expiresAt === null || now < expiresAt)

/** 32 bytes from the platform's generator: what cannot be guessed needs no other rule. */
const createSecret = (): string => `whsec_${randomText(ENDPOINT_SECRET_BYTES)}`

/** Base64url without padding. */
function randomText(bytes: number): string {
  const text = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
