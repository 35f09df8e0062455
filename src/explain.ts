export type { Cause, CauseCode, Confidence } from "./explain/causes.ts"
export { explain, type Explanation } from "./explain/explain.ts"
export type { ExplainedSecret, ExplainOptions, OtherSource } from "./explain/subject.ts"
