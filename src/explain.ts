export type { Cause, CauseCode, Confidence } from "./explain/causes.ts"
export { explain } from "./explain/explain.ts"
export type { Explanation } from "./explain/time.ts"
export type { ExplainedSecret, ExplainOptions, OtherSource } from "./explain/subject.ts"
