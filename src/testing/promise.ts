import type { ErrorCode } from "../errors/catalogue.ts"
import { signedRequest, type DeliveryOptions, type EventInput } from "./signed-request.ts"

/** What the suite is told of the receiver. Only `secret` is required. */
export interface ConformanceOptions {
  /** A secret that the receiver verifies with, as the sender shows it: `whsec_…`. */
  readonly secret: string
  /** Where deliveries go; `https://receiver.example/webhooks/credicorp` unless given. */
  readonly url?: string | undefined
  /**
   * Where the receiver's clock stands still: whole seconds since 1970. With it the tolerance is tried to the second.
   * Unless given, the receiver goes by the system clock.
   */
  readonly now?: number | undefined
  /** The receiver's tolerance: whole seconds; 300 unless given (spec 1.5). */
  readonly toleranceSeconds?: number | undefined
  /** The receiver's cap on bodies, in bytes, large enough for the sample event; 1 MiB unless given (spec 3.5). */
  readonly maxBodyBytes?: number | undefined
  /** The receiver's mode. Unless given, it takes both, and spec 3.9 is not judged. */
  readonly livemode?: boolean | undefined
  /** What the receiver does with types that it does not know. Unless given, spec 3.10 is not judged. */
  readonly unknownEvents?: "ignore" | "reject" | undefined
  /** An event that the receiver takes; a decision unless given. It is sent under ids of its own. */
  readonly event?: object | undefined
  /**
   * The ids of all events that your own code has acted on, one for each time. Asked once, after the last delivery: wait in
   * it for what still runs. Unless given, only answers are judged, and no duplicate is seen to be handled twice.
   */
  readonly handled?: (() => readonly string[] | Promise<readonly string[]>) | undefined
}

/** What a receiver must answer: any 2xx (spec 3.13), with each event handled once or not at all; or one refusal. */
export type Wanted =
  | { readonly taken: true; readonly handled: boolean }
  | {
      readonly taken: false
      readonly status: number
      readonly code: ErrorCode
      /** Judged, as `code` is, where the answer is an error that has a code. */
      readonly param?: string
      /** A header that must be there. */
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

/** One promise of the spec, as the deliveries that show whether it is kept: each must be answered as wanted. */
export interface Promised {
  /** The line of docs/spec.md. */
  readonly spec: string
  readonly name: string
  readonly want: Wanted
  readonly requests: (bench: Bench) => readonly Request[]
  /** How many of the first deliveries only prepare the ground: other promises judge them. */
  readonly unjudged?: number
  /** All at once, not one after another. */
  readonly atOnce?: boolean
}

/** What a promise makes its deliveries from. */
export interface Bench {
  readonly options: ConformanceOptions & DeliveryOptions
  /** The sample event under an id of its own, with other fields if given. */
  readonly event: (changes?: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** A genuine delivery, with headers set instead or left out. */
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

/** A genuine delivery of whatever `toBody` makes of an event. */
export const sending =
  (toBody: (event: Readonly<Record<string, unknown>>) => EventInput): Promised["requests"] =>
  ({ event, signed }) => [signed(toBody(event()))]
