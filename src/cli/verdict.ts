import { toPrintable } from "../core/printable.ts"
import type { Refusal } from "../errors/webhook-error.ts"
import type { Cause } from "../explain/causes.ts"
import { explain } from "../explain/explain.ts"
import { createVerifier } from "../index.ts"
import type { AnyProvider } from "../providers/provider.ts"
import { findProvider, readSecret, toSecrets, type DeliveryOptions } from "./delivery.ts"
import { UsageError, type Io } from "./io.ts"
import type { Received } from "./received.ts"

/** A provider whose deliveries are expected, with its secret as it was given. */
export interface Source {
  readonly provider: AnyProvider
  readonly secret: string
}

/** Reads the sources of a command: `--source provider=VARIABLE`, else `--provider` and its secret. */
export async function readSources(
  options: Pick<DeliveryOptions, "provider" | "secret" | "secretEnv" | "secretFile"> & {
    readonly source?: readonly string[]
  },
  io: Io,
): Promise<readonly Source[]> {
  const { source = [] } = options
  if (source.length === 0) return [{ provider: findProvider(options.provider), secret: await readSecret(options, io) }]
  return await Promise.all(
    source.map(async (text) => {
      const [, name, secretEnv] = /^([^=]+)=(\w+)$/.exec(text) ?? []
      if (name === undefined || secretEnv === undefined)
        throw new UsageError("--source must be a provider and the variable with its secret, as stripe=STRIPE_SECRET.")
      return { provider: findProvider(name), secret: await readSecret({ secretEnv }, io) }
    }),
  )
}

/** What became of a delivery. `error` and `causes` are those of `explain`. */
export type Verdict =
  | { readonly ok: true; readonly provider: string; readonly secretId: string; readonly event?: EventNames }
  /** Signature and time are right, and the body is not an event of the provider. */
  | { readonly ok: true; readonly provider: string; readonly secretId?: undefined; readonly error: Refusal }
  | { readonly ok: false; readonly provider: string; readonly error: Refusal; readonly causes: readonly Cause[] }

interface EventNames {
  readonly id: string | undefined
  readonly type: string | undefined
}

/** Judges deliveries of several sources. */
export interface Judge {
  /** @param url The full URL that the sender called. */
  judge(received: Received, url: string): Promise<Verdict>
  sourceOf(received: Received): Source
}

/** @throws {TypeError} A secret is one that the verifier refuses. */
export function createJudge(sources: readonly Source[], io: Io, maxBodyBytes: number): Judge {
  const now = (): number => Math.floor(io.clock() / 1000)
  const verifiers = new Map(
    sources.map(({ provider, secret }) => [
      provider.name,
      createVerifier({ provider, secrets: toSecrets(secret, provider), now, maxBodyBytes }),
    ]),
  )
  /** By the path `/webhooks/{provider}`, else by the signature header, else the first. */
  const sourceOf = ({ path, headers }: Received): Source => {
    const named = /^\/webhooks\/([\w-]+)/.exec(path)?.[1]
    const names = new Set(headers.map(([name]) => name.toLowerCase()))
    return (
      sources.find(({ provider }) => provider.name === named) ??
      sources.find(({ provider }) => names.has(provider.signatureHeader.toLowerCase())) ??
      sources[0]!
    )
  }
  return {
    sourceOf,
    async judge(received, url) {
      const { provider, secret } = sourceOf(received)
      const { body, headers, method } = received
      const target = { method, url }
      const verifier = verifiers.get(provider.name)!
      const checked = await verifier.checkAsync(body, headers, target)
      if (checked.ok) {
        const { id, type } = checked.event as Partial<EventNames>
        return { ok: true, provider: provider.name, secretId: checked.secretId, event: { id, type } }
      }
      const explained = await explain(body, headers, { provider, secrets: [secret], now: now(), ...target })
      return explained.ok
        ? { ok: true, provider: provider.name, error: checked.error }
        : { ok: false, provider: provider.name, error: checked.error, causes: explained.causes }
    },
  }
}

/** Prints why a delivery was refused. Evidence may quote what a sender wrote. */
export function printCauses(causes: readonly Cause[], io: Io): void {
  for (const [i, cause] of causes.entries()) {
    io.out(`\n${i + 1}. ${cause.code}, ${cause.confidence}`)
    io.out(`   ${toPrintable(cause.evidence)}`)
    io.out(`   → ${toPrintable(cause.fix)}`)
  }
}
