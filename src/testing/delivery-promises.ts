import { DEFAULT_MAX_BODY_BYTES } from "../verify/options.ts"
import { ENVELOPE, FIELDS } from "./envelope-promises.ts"
import { faults } from "./faults.ts"
import { FORGED, refused, sending, TAKEN, type Bench, type ConformanceOptions, type Promised } from "./promise.ts"
import { bodyOf, DEFAULT_URL, SIGNATURE_HEADER, signedRequest } from "./signed-request.ts"

const NOT_JSON = refused(400, "invalid_json")

const withHeaders =
  (headers: Readonly<Record<string, string | undefined>>): Promised["requests"] =>
  ({ event, signed }) => [signed(event(), headers)]

const EVENTS: readonly Promised[] = [
  {
    spec: "2.2",
    name: "unknown fields",
    want: TAKEN,
    requests: sending((event) => ({ ...event, later: [1] })),
  },
  {
    spec: "2.4",
    name: "one event in two deliveries is handled once",
    want: TAKEN,
    requests: ({ event, options }) => faults.duplicate(event(), options),
  },
  {
    spec: "2.4",
    name: "one event in two deliveries at once is handled once",
    want: TAKEN,
    atOnce: true,
    requests: ({ event, options }) => faults.duplicate(event(), options),
  },
  {
    spec: "2.4",
    name: "an event whose id came in a forged delivery before",
    want: TAKEN,
    preparing: 1,
    requests: ({ event, options }) => {
      const each = event()
      return [faults.wrongSecret(each, options), signedRequest(each, options)]
    },
  },
  {
    spec: "2.4",
    name: "two events that happened in the other order",
    want: TAKEN,
    requests: ({ event, options }) => {
      const events = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"].map((created) => event({ created }))
      return faults.reordered(events, options)
    },
  },
  {
    spec: "2.4",
    name: "two events under one delivery id, which is not signed",
    want: TAKEN,
    requests: ({ event, signed }) =>
      [event(), event()].map((each) => signed(each, { "Credicorp-Delivery": "dlv_same" })),
  },
]

const ROUTE: readonly Promised[] = [
  {
    spec: "3.1",
    name: "another path",
    want: refused(404, "route_not_found"),
    requests: ({ event, options }) => [signedRequest(event(), { ...options, url: elsewhere(options) })],
  },
  ...["PUT", "DELETE"].map((method) => ({
    spec: "3.2",
    name: `${method} instead of POST`,
    want: refused(405, "method_not_allowed", { header: "Allow" }),
    requests: ({ event, signed }: Bench) => [new Request(signed(event()), { method })],
  })),
  {
    spec: "3.2",
    name: "GET instead of POST",
    want: refused(405, "method_not_allowed", { header: "Allow" }),
    requests: ({ event, signed }) => [new Request(signed(event()).url)],
  },
  ...["application/json; charset=utf-8", "Application/JSON", "application/vnd.credicorp+json"].map((type) => ({
    spec: "3.3",
    name: `Content-Type: ${type}`,
    want: TAKEN,
    requests: withHeaders({ "Content-Type": type }),
  })),
  ...["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/json; charset=latin1"].map(
    (type) => ({
      spec: "3.3",
      name: `Content-Type: ${type}`,
      want: refused(415, "unsupported_media_type"),
      requests: withHeaders({ "Content-Type": type }),
    }),
  ),
  {
    spec: "3.3",
    name: "no Content-Type",
    want: refused(400, "missing_content_type"),
    requests: withHeaders({ "Content-Type": undefined }),
  },
  {
    spec: "3.3",
    name: "Content-Encoding: gzip",
    want: refused(415, "unsupported_media_type"),
    requests: withHeaders({ "Content-Encoding": "gzip" }),
  },
  {
    spec: "3.3",
    name: "no signature and another Content-Type: the type comes first",
    want: refused(415, "unsupported_media_type"),
    requests: withHeaders({ "Content-Type": "text/plain", [SIGNATURE_HEADER]: undefined }),
  },
]

function elsewhere({ url = DEFAULT_URL }: Pick<ConformanceOptions, "url">): string {
  const other = new URL(url)
  other.pathname = `${other.pathname.replace(/\/$/, "")}/elsewhere`
  return other.href
}

/** Returns an event of exactly so many bytes. */
const padded = (event: Readonly<Record<string, unknown>>, bytes: number): string => JSON.stringify(event).padEnd(bytes)

function sizePromises({ maxBodyBytes = DEFAULT_MAX_BODY_BYTES }: ConformanceOptions): readonly Promised[] {
  const tooLarge = refused(422, "request_body_too_large")
  return [
    {
      spec: "3.4",
      name: "no signature and too large: the header comes first",
      want: refused(400, "webhook_signature_missing"),
      requests: ({ event, options }) => [faults.unsigned(padded(event(), maxBodyBytes + 1), options)],
    },
    { spec: "3.5", name: "as large as may be", want: TAKEN, requests: sending((event) => padded(event, maxBodyBytes)) },
    {
      spec: "3.5",
      name: "a byte too large",
      want: tooLarge,
      requests: sending((event) => padded(event, maxBodyBytes + 1)),
    },
    {
      spec: "3.5",
      name: "too large, of no announced length",
      want: tooLarge,
      requests: ({ event, signed }) => {
        const body = padded(event(), maxBodyBytes + 1)
        // Browsers and Node require `duplex`, which the types of Workers lack.
        return [new Request(signed(body), { body: new Blob([body]).stream(), duplex: "half" } as RequestInit)]
      },
    },
  ]
}

const JSON_BODIES: readonly Promised[] = [
  {
    spec: "3.6",
    name: "forged, and no JSON: nothing is parsed before the signature has passed",
    want: FORGED,
    requests: ({ event, options }) => [faults.wrongSecret(`${JSON.stringify(event())}}`, options)],
  },
  {
    spec: "3.7",
    name: "signed, and no JSON",
    want: NOT_JSON,
    requests: sending((event) => `${JSON.stringify(event)}}`),
  },
  { spec: "3.7", name: "signed, and empty", want: NOT_JSON, requests: sending(() => "") },
  {
    spec: "3.7",
    name: "signed, with a byte order mark",
    want: NOT_JSON,
    requests: sending((event) => `\ufeff${JSON.stringify(event)}`),
  },
  {
    spec: "3.7",
    name: "signed, and no UTF-8",
    want: NOT_JSON,
    requests: sending((event) => {
      const body = bodyOf({ ...event, note: "?" })
      return body.with(body.lastIndexOf(0x3f), 0xff)
    }),
  },
]

/** Returns promises that depend on the receiver's configuration: tested only where the options tell it. */
function configuredPromises({ livemode, unknownEvents }: ConformanceOptions): readonly Promised[] {
  const unknown = { type: "countersign.conformance" }
  const ofUnknown = { spec: "3.10", name: "an event of a type that is not known" }
  const requests = ({ event, signed }: Bench): readonly Request[] => [signed(event(unknown))]
  return [
    ...(livemode === undefined
      ? []
      : [
          {
            spec: "3.9",
            name: `an event of ${livemode ? "test" : "live"} mode`,
            want: refused(422, "invalid_value_type", { param: "livemode" }),
            requests: ({ event, signed }: Bench) => [signed(event({ livemode: !livemode }))],
          },
        ]),
    ...(unknownEvents === "ignore" ? [{ ...ofUnknown, want: { taken: true, handled: false } as const, requests }] : []),
    ...(unknownEvents === "reject" ? [{ ...ofUnknown, want: refused(422, "webhook_event_unknown"), requests }] : []),
  ]
}

/** Returns the promises of spec 2 and 3. */
export const deliveryPromises = (options: ConformanceOptions): readonly Promised[] => [
  ...EVENTS,
  ...FIELDS,
  ...ROUTE,
  ...sizePromises(options),
  ...JSON_BODIES,
  ...ENVELOPE,
  ...configuredPromises(options),
]
