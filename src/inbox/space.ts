import { createReader, wholeNumber, type BindingText } from "../core/config.ts"
import { fail, ok, type Result } from "../core/result.ts"
import type { ShardStorage } from "./stats.ts"

/** The storage limit of one object on Cloudflare, in bytes. A free account has half of that for all of its objects. */
export const MAX_SHARD_BYTES = 10_000_000_000

/** An empty shard has about 60 kB. With less than this it would accept almost nothing. */
export const MIN_SHARD_BYTES = 300_000

/**
 * Deliveries are accepted up to this part of a shard's storage. The rest is for running accepted events: while storage is
 * short, a run makes its row longer by some 150 bytes at most, and an event with its runs has at least twice that.
 */
export const INTAKE_SHARE = 0.5

/** From this part of the intake on, dropping a body frees whole pages. */
export const NEARLY_FULL_SHARE = 0.75

/** The variable that bounds the storage of a shard. */
export interface SpaceBindings {
  /** How large the database of one shard may become, in bytes; 300000 to 10000000000, 10000000000 unless set. */
  readonly INBOX_MAX_SHARD_BYTES?: BindingText
}

/** Reads the variable. A problem names it. */
export function parseMaxShardBytes(env: SpaceBindings): Result<number, readonly string[]> {
  const problems: string[] = []
  const read = createReader(env, problems)
  const atLeast = (text: string): number => {
    const bytes = wholeNumber(MAX_SHARD_BYTES)(text)
    if (bytes < MIN_SHARD_BYTES) throw new TypeError(`must be at least ${MIN_SHARD_BYTES}`)
    return bytes
  }
  const bytes = read("INBOX_MAX_SHARD_BYTES", atLeast, MAX_SHARD_BYTES)
  return problems.length > 0 ? fail(problems) : ok(bytes)
}

/** The storage of a shard. New events may use only a part of it, so that stored events can always be run. */
export interface Space {
  /** Returns whether a new event of this size may be stored. */
  hasRoom(bytes: number): boolean
  /** Returns whether storage is so short that freeing it is worth extra writes. */
  isNearlyFull(): boolean
  /** Returns whether new events are refused. */
  isShort(): boolean
  stats(): ShardStorage
}

/** @param size The size of the database now, in bytes. */
export function createSpace(size: () => number, maxBytes: number = MAX_SHARD_BYTES): Space {
  const intakeBytes = Math.floor(maxBytes * INTAKE_SHARE)
  return {
    hasRoom: (bytes) => size() + bytes <= intakeBytes,
    isNearlyFull: () => size() >= intakeBytes * NEARLY_FULL_SHARE,
    isShort: () => size() >= intakeBytes,
    stats: () => ({ bytes: size(), intakeBytes, maxBytes }),
  }
}
