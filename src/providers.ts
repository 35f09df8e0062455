export { credicorp } from "./providers/credicorp.ts"
export { hmacScheme, type HmacSchemeOptions } from "./providers/hmac-scheme.ts"
