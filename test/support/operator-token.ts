/** The operator's token, in Node and (through vitest.config.ts) in the Worker. */
export const OPERATOR_TOKEN = "operator-token-of-the-tests-0123456789"
