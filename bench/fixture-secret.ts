/** Base64 after the prefix, because standardwebhooks decodes it; all others take it as it stands. */
export const SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
