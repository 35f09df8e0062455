import { createEventText } from "./bodies.ts"
import { signWebhook } from "../src/index.ts"
import { SECRET } from "./fixture-secret.ts"

/** One body and what it takes to verify it: every library is given a form that it accepts, and one that it must refuse. */
export interface Fixture {
  readonly secret: string
  readonly timeText: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly text: string
  /** `t=…,v1=…`: Credicorp's, and stripe's by another name. */
  readonly header: string
  readonly forgedHeader: string
}

export function createFixture(bytes: number): Fixture {
  const text = createEventText(bytes)
  const body = Uint8Array.from(new TextEncoder().encode(text))
  if (body.length !== bytes) throw new Error(`a body of ${bytes} bytes came out as ${body.length}`)
  const header = signWebhook(body, { secrets: [SECRET] })["Credicorp-Signature"]!
  return { secret: SECRET, timeText: header.slice(2, 12), body, text, header, forgedHeader: forge(header) }
}

/** Another last character: what a comparison that stops early would find last. */
export const forge = (signature: string): string => signature.slice(0, -1) + (signature.endsWith("0") ? "1" : "0")
