import { findNativeEngine } from "./hmac-native.ts"
import { nobleEngine, type HmacEngine } from "./hmac.ts"

let chosen: HmacEngine | undefined

/** The platform's own HMAC if there is one and it is right, else @noble/hashes. Chosen with the first verifier, and kept. */
export const chooseEngine = (): HmacEngine => (chosen ??= findNativeEngine(nobleEngine) ?? nobleEngine)
