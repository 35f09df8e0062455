import type { ErrorCode } from "../errors/catalogue.ts"
import type { SecretsInput } from "../verify/secrets.ts"
import { signedRequest, type EventInput, type FaultOptions } from "./signed-request.ts"

/** Describes the receiver to the suite. Only `secrets` is required. */
export interface ConformanceOptions {
  /** Secrets that the receiver verifies with. Each delivery is signed with all of them. */
  readonly secrets: SecretsInput
  /** Where deliveries go; `https://receiver.example/webhooks/credicorp` unless given. */
  readonly url?: string | undefined
  /**
   * The time at which the receiver's clock is fixed: whole seconds since 1970. With it the tolerance is tested to the second.
   * Unless given, the receiver uses the system clock.
   */
  readonly now?: number | undefined
  /** The receiver's tolerance: whole seconds; 300 unless given (spec 1.5). */
  readonly toleranceSeconds?: number | undefined
  /** The receiver's cap on bodies, in bytes, large enough for the sample event; 1 MiB unless given (spec 3.5). */
  readonly maxBodyBytes?: number | undefined
  /** The receiver's mode. Unless given, it accepts both, and spec 3.9 is not tested. */
  readonly livemode?: boolean | undefined
  /** What the receiver does with types that it does not know. Unless given, spec 3.10 is not tested. */
  readonly unknownEvents?: "ignore" | "reject" | undefined
  /** An event that the receiver accepts; a decision unless given. It is sent under fresh ids. */
  readonly event?: object | undefined
  /**
   * Returns the ids of all events that your own code has handled, an id as often as it was handled. Called once, after the last
   * delivery: wait in it for handlers that still run. Unless given, only answers are tested, and an event that is handled twice
   * goes unseen.
   */
  readonly handled?: (() => readonly string[] | Promise<readonly string[]>) | undefined
}

/** The answer that a receiver must give: any 2xx (spec 3.13), with each event handled once or not at all; or one refusal. */
export type Wanted =
  | { readonly taken: true; readonly handled: boolean }
  | {
      readonly taken: false
      readonly status: number
      readonly code: ErrorCode
      /** Compared, like `code`, where the answer is an error that has a code. */
      readonly param?: string
      /** A header that must be present. */
      readonly header?: string
    }

export const TAKEN: Wanted = { taken: true, handled: true }

export const refused = (status: number, code: ErrorCode, more?: { param?: string; header?: string }): Wanted => ({
  taken: false,
  status,
  code,
  ...more,
})

export const FORGED: Wanted = refused(400, "webhook_signature_invalid")

/** One promise of the spec, as deliveries that must all be answered as wanted. */
export interface Promised {
  /** The line of docs/spec.md. */
  readonly spec: string
  readonly name: string
  readonly want: Wanted
  readonly requests: (bench: Bench) => readonly Request[]
  /** How many of the first deliveries only prepare: other promises test their answers. */
  readonly preparing?: number
  /** All at once, not one after another. */
  readonly atOnce?: boolean
}

/** The means by which a promise makes its deliveries. */
export interface Bench {
  readonly options: FaultOptions
  /** Returns the sample event under a fresh id, with other fields if given. */
  readonly event: (changes?: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** Makes a genuine delivery, with headers replaced or left out. */
  readonly signed: (event: EventInput, headers?: Readonly<Record<string, string | undefined>>) => Request
}

export function createBench(
  options: Bench["options"],
  sample: Readonly<Record<string, unknown>>,
  ids: string[],
): Bench {
  return {
    options,
    event: (changes) => {
      const event: Readonly<Record<string, unknown>> = { ...sample, id: `evt_${crypto.randomUUID()}`, ...changes }
      ids.push(String(event["id"]))
      return event
    },
    signed: (event, headers) => signedRequest(event, { ...options, headers }),
  }
}

/** Makes a genuine delivery of the body that `toBody` returns for an event. */
export const sending =
  (toBody: (event: Readonly<Record<string, unknown>>) => EventInput): Promised["requests"] =>
  ({ event, signed }) => [signed(toBody(event()))]
