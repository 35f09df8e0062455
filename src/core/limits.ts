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

/** The address of the error pages stands in every error; longer ones are a mistake. */
export const MAX_DOCS_URL_CHARS = 512

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

/** Spec 5.9: how far apart the clocks of an issuer and of ours may be. */
export const TOKEN_LEEWAY_SECONDS = 60

/** A UUID has 36 characters, a long random id 86. Each that is revoked is stored, and every one is logged. */
export const MAX_CREDENTIAL_ID_CHARS = 128

/** What names an issuer or an API: a URL, mostly. */
export const MAX_ISSUER_CHARS = 512

/** An issuer publishes two or three keys of 500 bytes each; the largest ones, with certificates, 20 of 3 KB. */
export const MAX_KEY_SET_BYTES = 131_072
export const MAX_KEY_SET_KEYS = 64

/** How long a fetched key set is used without a look at a newer one: an issuer that drops a key is heard this soon. */
export const KEY_SET_FRESH_MS = 600_000

/** How long it is used while a newer one is out of reach: an hour of the issuer's outage, and no more of a dropped key. */
export const KEY_SET_USABLE_MS = 3_600_000

/** Spec 5.9: strangers choose a `kid`, so what an unknown one makes us fetch has a bound. */
export const KEY_SET_INTERVAL_MS = 30_000

/** A caller waits for it, with the request open. */
export const KEY_SET_TIMEOUT_MS = 5_000

/** An operator's own words beside what was done: why, and where to read more. */
export const MAX_NOTE_CHARS = 500

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

/** A place holds the shard in eight bits. */
export const MAX_INBOX_SHARDS = 256

/** One object takes about a thousand requests a second; sixteen are ample for most, and cost nothing while they sleep. */
export const DEFAULT_INBOX_SHARDS = 16

/** A row of a Durable Object's SQLite. The local runtime takes four times that without a word. */
export const MAX_ROW_BYTES = 2_000_000

/** Deliveries of one shard that wait for their commit: an eighth of its memory, and no queue that outlives the sender's patience. */
export const MAX_WAITING_BYTES = 16_777_216
export const MAX_WAITING_DELIVERIES = 256

/** How long the receiver waits for its shard: half of what the sender waits for us (spec 3.13). */
export const ACCEPT_TIMEOUT_MS = 5_000

/** What comes between the attempts of a run: a hiccup, a restart, a deployment, an outage, a night, a day. */
export const RETRY_DELAYS_SECONDS: readonly number[] = [5, 30, 120, 600, 3_600, 21_600, 86_400]

/** A tenth to either side, so that runs that failed together do not come back together. */
export const RETRY_JITTER_PERCENT = 10

/** How long a handler may put its next attempt off with `RetryLater`: a week. */
export const MAX_RETRY_LATER_SECONDS = 604_800

/** What an attempt may take. */
export const ATTEMPT_TIMEOUT_MS = 30_000

/** An attempt that was not heard of by then is lost: its time limit, and room for the call around it. */
export const LEASE_MS = 40_000

/** Runs of one handler that a shard has in flight: one that hangs takes no slot from another. */
export const MAX_HANDLER_RUNS = 16

/** Bodies of the runs in flight of a shard: they lie in its memory, of which it may share 128 MB with its neighbours. */
export const MAX_FLIGHT_BYTES = 16_777_216

/** Runs that one wake starts. Cloudflare counts what one invocation calls, and one that finds the object asleep wakes it twice. */
export const MAX_WAKE_RUNS = 16

/** New events that one wake looks at: a bounded step. */
export const MAX_WAKE_EVENTS = 256

/** When the alarm looks again at what should have been started at once: it comes too late only for a shard that was killed. */
export const BACKSTOP_MS = 1_000

/** A busy object may go on with old code for five minutes after a deployment. A key that a Worker has named since is not gone. */
export const DEPLOYMENT_MS = 600_000
export const DEPLOYMENT_RETRY_MS = 60_000

/** When a shard looks again that newer code has written: until that is deployed again there is nothing it could do. */
export const NEWER_SCHEMA_RETRY_MS = 60_000

/** Attempts that a run remembers: those of the last two rounds, and a few. */
export const MAX_HISTORY_ATTEMPTS = 20

/** A month to look at what went wrong, and to run it again. */
export const DEFAULT_BODY_DAYS = 30

/** Long enough to know an event again that its sender delivers by hand, months later. */
export const DEFAULT_ID_DAYS = 90

/** Spec 6.1: the sender tries for 72 h. An id that is forgotten before would let its last tries run the handlers again. */
export const MIN_ID_DAYS = 4

/** Ten years. */
export const MAX_RETENTION_DAYS = 3_650

/** Events that one step of pruning looks at. */
export const MAX_PRUNED_EVENTS = 200

/** Dead runs are pruned by the day that they died on: one look a day at those that are left, however many there are. */
export const DEATHS_TOGETHER_MS = 86_400_000

/** Minutes of which a shard keeps count. */
export const ACTIVITY_MINUTES = 60

/** Events that one page of a listing looks at in one shard, where few are what was asked for; and waiting runs it sorts. */
export const MAX_SCANNED_EVENTS = 5_000

/** Events with a dead run that one call to a shard looks at to run them again. */
export const MAX_RERUN_EVENTS = 500

/** An operator's request is a name or two. */
export const MAX_OPERATOR_BODY_BYTES = 16_384
