export { conformance, type CaseResult } from "./testing/conformance.ts"
export { faults, type Faults } from "./testing/faults.ts"
export type { MalformedWay } from "./testing/malformed.ts"
export type { ConformanceOptions } from "./testing/promise.ts"
export { SAMPLE_TYPES, sampleEvent } from "./testing/sample-event.ts"
export {
  signedRequest,
  type DeliveryOptions,
  type EventInput,
  type Fault,
  type FaultOptions,
} from "./testing/signed-request.ts"
