export { conformance, type CaseResult } from "./testing/conformance.ts"
export { faults } from "./testing/faults.ts"
export type { ConformanceOptions } from "./testing/promise.ts"
export { SAMPLE_TYPES, sampleEvent } from "./testing/sample-event.ts"
export {
  signedRequest,
  type DeliveryOptions,
  type EventInput,
  type Fault,
  type FaultOptions,
} from "./testing/signed-request.ts"
