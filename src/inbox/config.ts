import { createReader, oneOf, wholeNumber, type BindingText, type Configured } from "../core/config.ts"
import type { Inbox } from "./inbox-object.ts"
import { MAX_INBOX_SHARDS } from "./sequence.ts"
import { parseRetention, type RetentionBindings } from "./retention.ts"
import { parseMaxShardBytes, type SpaceBindings } from "./space.ts"

/** One object takes about a thousand requests a second. Sixteen are enough for most, and cost nothing while they sleep. */
export const DEFAULT_INBOX_SHARDS = 16

/** What the Worker reads from its environment for the inbox. */
export interface InboxBindings extends RetentionBindings, SpaceBindings {
  /** The shards of the inbox, as wrangler.toml binds them. */
  readonly INBOXES?: DurableObjectNamespace<Inbox>
  /** 1 to 256, 16 unless set. An inbox keeps the number that it was made with. */
  readonly INBOX_SHARDS?: BindingText
  /** `eu`: events are stored in the European Union. Set before the first event, and never changed. */
  readonly INBOX_JURISDICTION?: BindingText
}

export interface InboxConfig {
  /** In the configured jurisdiction, if there is one. */
  readonly inboxes: DurableObjectNamespace<Inbox>
  /** The same in the other jurisdictions, where the platform has them. */
  readonly elsewhere: readonly DurableObjectNamespace<Inbox>[]
  readonly shards: number
}

/** The jurisdictions that can be set. */
const JURISDICTIONS = ["eu"] as const

/** Reads the inbox's variables. The inbox is never off: the receiver acknowledges only what is stored. */
export function readInboxConfig(env: InboxBindings): Exclude<Configured<InboxConfig>, { state: "off" }> {
  const problems = [parseRetention(env), parseMaxShardBytes(env)].flatMap((parsed) => (parsed.ok ? [] : parsed.error))
  const read = createReader(env, problems)
  const shards = read("INBOX_SHARDS", wholeNumber(MAX_INBOX_SHARDS), DEFAULT_INBOX_SHARDS)
  // The local runtime has no jurisdictions, and throws.
  const inboxes = read(
    "INBOX_JURISDICTION",
    (text) => env.INBOXES?.jurisdiction(oneOf(...JURISDICTIONS)(text)),
    env.INBOXES,
  )
  if (!inboxes) problems.push("INBOXES: the Durable Object binding is missing from wrangler.toml")
  return inboxes && problems.length === 0
    ? {
        state: "on",
        config: { inboxes, elsewhere: inboxes === env.INBOXES ? jurisdictionsOf(inboxes) : [env.INBOXES!], shards },
      }
    : { state: "invalid", problems }
}

function jurisdictionsOf(inboxes: DurableObjectNamespace<Inbox>): readonly DurableObjectNamespace<Inbox>[] {
  try {
    return JURISDICTIONS.map((name) => inboxes.jurisdiction(name))
  } catch {
    // The local runtime has none.
    return []
  }
}
