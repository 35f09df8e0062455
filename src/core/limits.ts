// Every bound there is, with its unit in its name and the reason beside it.

/** Spec 1.7. 16 signatures and a time take 1,100 characters; four times that leaves room for unknown keys. */
export const MAX_SIGNATURE_HEADER_CHARS = 4_096

/** Spec 1.7. One per active secret of the sender; a rotation needs two. Bounds the comparisons a stranger can ask for. */
export const MAX_SIGNATURES = 16

/** Spec 1.11. Each secret costs one HMAC over the body of every delivery, forged ones included. */
export const MAX_SECRETS = 16

/** Spec 1.11. What the deployable Worker asks of a secret; published samples are longer. */
export const MIN_DEPLOYED_SECRET_CHARS = 16

/** Length of a secret's id: it stands in every log line. */
export const MAX_SECRET_ID_CHARS = 32

/** Spec 1.5. Wide enough for clock drift and a slow network, narrow enough to make a captured delivery stale soon. */
export const DEFAULT_TOLERANCE_SECONDS = 300

/** Spec 1.11. An hour of replays is the most that the deployable Worker lets anyone configure. */
export const MAX_DEPLOYED_TOLERANCE_SECONDS = 3_600

/** Spec 1.7: `t` has at most 12 digits. A time in milliseconds has 13 until the year 2286, so it is caught here. */
export const MAX_TIME_SECONDS = 999_999_999_999

/** Spec 3.5. Events are small; 1 MiB is what a sender of large ones could need. */
export const DEFAULT_MAX_BODY_BYTES = 1_048_576

/** A stored row may have 2 MB on Cloudflare: the body and the columns beside it must fit. */
export const MAX_DEPLOYED_BODY_BYTES = 1_900_000

/** First buffer for a body; it doubles from there. Most events fit in it. */
export const BODY_BUFFER_BYTES = 16_384

/** A media type and its charset take 31 characters; nobody needs more than this. */
export const MAX_CONTENT_TYPE_CHARS = 256

/** Spec 2.6. */
export const MAX_EVENT_TYPE_CHARS = 128

/** Spec 2.7. */
export const MAX_API_VERSION_CHARS = 32

/** A path into a payload is made of the sender's own keys, which may be as long as a body. */
export const MAX_PARAM_CHARS = 256

/** Spec 2.8: a delivery id is a stranger's text, and it is logged before anything is proven. */
export const MAX_LOGGED_DELIVERY_ID_CHARS = 128

/** A handler's error text in the log: enough for a message, not for a body. */
export const MAX_LOGGED_ERROR_CHARS = 1_024

/** How long a sender is told to wait when we cannot take its delivery now; the sender's own schedule starts at a minute. */
export const RETRY_AFTER_SECONDS = 30

/** Spec 5.4. Longer URLs break in proxies and logs along the way, and every one is stored and shown in listings. */
export const MAX_ENDPOINT_URL_CHARS = 2_048

/** Spec 5.4: what DNS has room for, a label's length byte and a name's 255 bytes. */
export const MAX_HOST_LABEL_CHARS = 63
export const MAX_HOST_CHARS = 253

/** Spec 5.5. Whoever wants more than a hundred types wants a family or `*`; each entry is compared for every event. */
export const MAX_ENABLED_EVENTS = 100

/** An API key takes about 60 characters, a token of a usual issuer 1,000 to 2,000. */
export const MAX_BEARER_CHARS = 8_192

/** What the operator's token must have: 32 characters of base64 are 192 bits, which nobody guesses. */
export const MIN_OPERATOR_TOKEN_CHARS = 32

/** A variable of a Worker may have 5 KB, and a key's entry takes about 200 bytes. */
export const MAX_API_KEYS = 25

/** A registration is a URL and a few names. */
export const MAX_PARTNER_BODY_BYTES = 65_536

/** Spec 5.3, for each mode by itself. */
export const MAX_ENDPOINTS = 20

/** Spec 5.6: the newest, and the one before it during the overlap. */
export const MAX_VALID_SECRETS = 2

/** Spec 5.6: a day. */
export const MAX_OVERLAP_SECONDS = 86_400

/** 256 bits, as long as the hash that it keys. */
export const ENDPOINT_SECRET_BYTES = 32

/** 144 bits: two ids never meet, and nobody guesses one. */
export const ENDPOINT_ID_BYTES = 18

/** Spec 5.8. */
export const MAX_DESCRIPTION_CHARS = 500
export const MAX_METADATA_PAIRS = 20
export const MAX_METADATA_KEY_CHARS = 40
export const MAX_METADATA_VALUE_CHARS = 500

/** Spec 5.7. */
export const MAX_PAGE_SIZE = 100
export const DEFAULT_PAGE_SIZE = 20

/** Spec 5.10: a day. */
export const IDEMPOTENCY_TTL_MS = 86_400_000

/** Idempotency records of one mode of an account. A day of honest use leaves few; a key that makes thousands loses its oldest. */
export const MAX_STORED_ANSWERS = 10_000

/** Old idempotency records that one request may clear away: a bounded step, so that no request pays for many. */
export const IDEMPOTENCY_PRUNED_A_CALL = 20

/** Spec 5.11: tokens a second, and how many can gather. */
export const RATE_PER_SECOND = 10
export const RATE_BURST = 50
