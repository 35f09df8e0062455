import { EVENT_FIELDS } from "../events/event.ts"
import { refused, sending, TAKEN, type Bench, type Promised } from "./promise.ts"

/** With `evt_` (spec 2.7). */
const MAX_EVENT_ID_CHARS = 128

const longestId = (): string => `evt_${crypto.randomUUID()}`.padEnd(MAX_EVENT_ID_CHARS, "x")

/** The promises about the grammar of an event's fields: spec 2.6 and 2.7. */
export const FIELDS: readonly Promised[] = [
  ...[
    { spec: "2.6", name: "a type of one word", type: "decision" },
    { spec: "2.6", name: "a type of a character too many", type: "a.".padEnd(EVENT_FIELDS.type.maxLength + 1, "x") },
    { spec: "2.7", name: "an id with nothing behind evt_", id: "evt_" },
    { spec: "2.7", name: "an id of a character too many", id: "evt_".padEnd(MAX_EVENT_ID_CHARS + 1, "x") },
    { spec: "2.7", name: "an id with a character that is none of its own", id: "evt_a.b" },
    { spec: "2.7", name: "an empty api_version", api_version: "" },
    {
      spec: "2.7",
      name: "an api_version of a character too many",
      api_version: "v".repeat(EVENT_FIELDS.api_version.maxLength + 1),
    },
  ].map(({ spec, name, ...changes }) => ({
    spec,
    name,
    want: refused(422, "invalid_value_type", { param: Object.keys(changes)[0]! }),
    requests: ({ event, signed }: Bench) => [signed(event(changes))],
  })),
  {
    spec: "2.7",
    name: "the longest id and api_version",
    want: TAKEN,
    requests: ({ event, signed }) => [
      signed(event({ id: longestId(), api_version: "v".repeat(EVENT_FIELDS.api_version.maxLength) })),
    ],
  },
]

/** The promises about its shape: spec 3.8. */
export const ENVELOPE: readonly Promised[] = [
  {
    spec: "3.8",
    name: "a list of events",
    want: refused(422, "invalid_value_type"),
    requests: sending((event) => [event]),
  },
  ...[
    { param: "id", value: undefined },
    { param: "id", value: "dec_1" },
    { param: "id", value: 1 },
    { param: "type", value: undefined },
    { param: "type", value: "Decision.Completed" },
    { param: "created", value: undefined },
    { param: "created", value: "2026-02-30T00:00:00Z" },
    { param: "created", value: "2026-01-01T00:00:00+01:00" },
    { param: "created", value: 1_790_000_000 },
    { param: "livemode", value: undefined },
    { param: "livemode", value: "false" },
    { param: "api_version", value: undefined },
    { param: "data", value: undefined },
    { param: "data.object", value: [], field: "data", set: { object: [] } },
    { param: "data.previous", value: "none", field: "data", set: { object: {}, previous: "none" } },
  ].map(({ param, value, field = param, set = value }) => ({
    spec: "3.8",
    name: `an event whose ${param} is ${value === undefined ? "missing" : JSON.stringify(value)}`,
    want: refused(422, "invalid_value_type", { param }),
    requests: ({ event, signed }: Bench) => [signed(event({ [field]: set }))],
  })),
]
