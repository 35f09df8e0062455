export type { Result } from "./core/result.ts"
export { checkEnabledEvents, type EnabledEventsError, type EnabledEventsReason } from "./endpoints/enabled-events.ts"
export type { HostReason } from "./endpoints/host.ts"
export { checkEndpointUrl, type EndpointUrlError, type EndpointUrlReason } from "./endpoints/url.ts"
