export type { Result } from "./core/result.ts"
export { checkEnabledEvents, type EnabledEventsError, type EnabledEventsReason } from "./endpoints/rules/events.ts"
export type { HostReason } from "./endpoints/rules/host.ts"
export {
  checkEndpointUrl,
  type EndpointUrlError,
  type EndpointUrlOptions,
  type EndpointUrlReason,
} from "./endpoints/rules/url.ts"
