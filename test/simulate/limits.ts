// What docs/inbox.md promises, written down again: the simulation imports no number of the code under test.

const DAY_MS = 86_400_000

/** The shortest that the inbox can be told to keep. */
export const BODY_DAYS = 1
export const ID_DAYS = 4
export const BODY_MS: number = BODY_DAYS * DAY_MS
export const ID_MS: number = ID_DAYS * DAY_MS

/** Runs of one handler in flight, unless it says otherwise. */
export const DEFAULT_CONCURRENCY = 16
export const LEASE_MS = 40_000
/** What a claim may take to be durable: its lease begins before its attempt. */
export const CLAIM_MS = 4_000
/** docs/inbox.md, "Retries". */
export const DELAYS_SECONDS: readonly number[] = [5, 30, 120, 600, 3_600, 21_600, 86_400]
/** An alarm that was not set in time is found by the cron trigger. */
export const CRON_MS = 900_000
/** Below it a stored alarm that is past may still be retried. */
export const ALARM_OVERDUE_MS = 600_000
/** The least that a shard can be told to hold, and half of it is for new events. */
export const MAX_SHARD_BYTES = 1_000_000
