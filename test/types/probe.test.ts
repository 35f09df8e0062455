import { verifyWebhook } from "../../src/verifier.ts"
import type { AnyEvent } from "../../src/events/schema.ts"
const event = verifyWebhook("", {}, { secrets: ["x"] })
export const a: number = event
declare const any: AnyEvent
if (any.type === "decision.completed") { const x: number = any ; void x }
if (event.type === "decision.completed") { const x: number = event ; void x }
