/** Spec 5.3, for each mode by itself. */
export const MAX_ENDPOINTS = 20

/** Spec 5.6: the newest, and the one before it during the overlap. */
export const MAX_VALID_SECRETS = 2

/** Spec 6.13: 256 bits, as long as the hash that they key. */
export const ENDPOINT_SECRET_BYTES = 32

/** 144 bits: ids never collide and cannot be guessed. */
export const ENDPOINT_ID_BYTES = 18

/** The fields that a partner sets (spec 5.1), after every rule. */
export interface EndpointFields {
  readonly url: string
  readonly enabled_events: readonly string[]
  readonly description: string | null
  readonly api_version: string | null
  readonly metadata: Readonly<Record<string, string>>
}

/** A secret of an endpoint. `expiresAt` is in milliseconds since 1970, exclusive; null while the secret is the newest. */
export interface EndpointSecret {
  /** 1 for the first, and one more with each rotation. */
  readonly version: number
  readonly secret: string
  readonly expiresAt: number | null
}

/** An endpoint as it is stored. It is shown only as `toView` and `withSecret` make it. */
export interface Endpoint extends EndpointFields {
  readonly id: string
  readonly livemode: boolean
  readonly status: "enabled" | "disabled"
  /** RFC 3339. */
  readonly created: string
  /** The newest first; at most two (spec 5.6). */
  readonly secrets: readonly EndpointSecret[]
}

/** An endpoint as it is shown (spec 5.2). `secret` is in the answers that make one, and in their replays. */
export interface EndpointView extends Omit<Endpoint, "secrets"> {
  readonly secret?: string
  /** RFC 3339: until when the older secret is valid (spec 5.6); null if there is none. */
  readonly previous_secret_expires: string | null
}

/** Shows an endpoint. @param now Milliseconds since 1970. @param secret The secret that the answer shows. */
export function toView(endpoint: Endpoint, now: number, secret?: string): EndpointView {
  const expiresAt = validSecrets(endpoint, now).at(1)?.expiresAt ?? null
  const previous_secret_expires = expiresAt === null ? null : new Date(expiresAt).toISOString()
  return withSecret({ ...endpoint, previous_secret_expires }, secret)
}

/** Picks the fields of a view, always in this order, so that a replayed answer is byte-equal (spec 5.10). */
export const withSecret = (view: Omit<EndpointView, "secret">, secret?: string): EndpointView => ({
  id: view.id,
  url: view.url,
  enabled_events: view.enabled_events,
  status: view.status,
  ...(secret !== undefined && { secret }),
  created: view.created,
  description: view.description,
  api_version: view.api_version,
  metadata: view.metadata,
  livemode: view.livemode,
  // An answer that was stored before this field existed has none.
  previous_secret_expires: view.previous_secret_expires ?? null,
})

/** @param now Milliseconds since 1970. */
export const createEndpoint = (fields: EndpointFields, livemode: boolean, now: number): Endpoint => ({
  ...fields,
  id: createId(),
  livemode,
  status: "enabled",
  created: new Date(now).toISOString(),
  secrets: [{ version: 1, secret: createSecret(), expiresAt: null }],
})

/** Spec 5.6: a day. */
export const MAX_OVERLAP_SECONDS = 86_400

/**
 * Gives an endpoint a new secret. The one before it stays valid for the overlap, and any older one ends now (spec 5.6).
 *
 * @param overlapSeconds 0 to 86400; 0 ends the old secret at once.
 */
export function rotateSecret(endpoint: Endpoint, overlapSeconds: number, now: number): Endpoint {
  const [newest] = endpoint.secrets
  const old = newest && overlapSeconds > 0 ? [{ ...newest, expiresAt: now + overlapSeconds * 1000 }] : []
  const next = { version: (newest?.version ?? 0) + 1, secret: createSecret(), expiresAt: null }
  return { ...endpoint, secrets: [next, ...old].slice(0, MAX_VALID_SECRETS) }
}

/** Returns the secrets that sign a delivery now: one `v1` each (spec 5.6). */
export const validSecrets = ({ secrets }: Endpoint, now: number): readonly EndpointSecret[] =>
  secrets.filter(({ expiresAt }) => expiresAt === null || now < expiresAt)

/** Corrects an overlap that was set by a clock ahead of this one: it ends no later than this clock could set it. */
export function capOverlap(endpoint: Endpoint, now: number): Endpoint {
  const latest = now + MAX_OVERLAP_SECONDS * 1000
  const isLate = ({ expiresAt }: EndpointSecret): boolean => expiresAt !== null && expiresAt > latest
  if (!endpoint.secrets.some(isLate)) return endpoint
  const secrets = endpoint.secrets.map((secret) => (isLate(secret) ? { ...secret, expiresAt: latest } : secret))
  return { ...endpoint, secrets }
}

/** Padded standard base64, so that every Standard Webhooks library can use it (spec 6.13). */
const createSecret = (): string => `whsec_${randomBase64(ENDPOINT_SECRET_BYTES)}`

/** Base64url, for a path. 18 bytes need no padding. */
const createId = (): string => `whend_${randomBase64(ENDPOINT_ID_BYTES).replaceAll("+", "-").replaceAll("/", "_")}`

const randomBase64 = (bytes: number): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
