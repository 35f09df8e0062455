import { credicorp } from "../providers/credicorp.ts"
import { DEFAULT_TOLERANCE_SECONDS } from "../verify/options.ts"
import { checkSecrets, type CheckedSecret, type SecretsInput } from "../verify/secrets.ts"
import { MAX_SIGNATURES } from "../providers/signature-header.ts"
import { faults } from "./faults.ts"
import { FORGED, refused, TAKEN, type Bench, type ConformanceOptions, type Promised } from "./promise.ts"
import {
  bodyOf,
  SIGNATURE_HEADER,
  signaturesOf,
  signedRequest,
  timeOf,
  withBody,
  type Fault,
} from "./signed-request.ts"

/** Makes a genuine delivery whose header has another layout. */
const laidOut =
  (toText: (time: string, v1: string, other: string) => string): Promised["requests"] =>
  ({ options, event, signed }) => {
    const body = bodyOf(event())
    const time = String(timeOf(options))
    const [v1 = ""] = signaturesOf(time, body, options.secrets)
    const [other = ""] = signaturesOf(time, body, [`whsec_${crypto.randomUUID()}`])
    return [signed(body, { [SIGNATURE_HEADER]: toText(time, v1, other) })]
  }

const faulty =
  (fault: Fault): Promised["requests"] =>
  ({ event, options }) => [fault(event(), options)]

const signedAt =
  (seconds: (now: number) => number): Promised["requests"] =>
  ({ options, event }) => [signedRequest(event(), { ...options, now: seconds(timeOf(options)) })]

/** White space, escapes, text that is not ASCII, and replacement patterns: none of it may change. */
const exactBody = ({ event, signed }: Bench): readonly Request[] => {
  const text = JSON.stringify({ ...event(), note: "$& $1 é \u2028" }, null, 2).replace("é", String.raw`\u00e9 ü`)
  return [signed(`${text}\r\n`)]
}

const TIMELESS: readonly Promised[] = [
  { spec: "1.2", name: "a signed delivery", want: TAKEN, requests: ({ event, signed }) => [signed(event())] },
  {
    spec: "1.2",
    name: "the first of two signatures matches",
    want: TAKEN,
    requests: laidOut((time, v1, other) => `t=${time},v1=${v1},v1=${other}`),
  },
  {
    spec: "1.2",
    name: "the second of two signatures matches",
    want: TAKEN,
    requests: laidOut((time, v1, other) => `t=${time},v1=${other},v1=${v1}`),
  },
  { spec: "1.2", name: "another's signature", want: FORGED, requests: faulty(faults.wrongSecret) },
  {
    spec: "1.2",
    name: "one digit of the signature is another",
    want: FORGED,
    requests: laidOut((time, v1) => `t=${time},v1=${v1.slice(0, -1)}${v1.endsWith("0") ? "1" : "0"}`),
  },
  { spec: "1.3", name: "a body that no JSON writer would write", want: TAKEN, requests: exactBody },
  { spec: "1.3", name: "a byte more in the body", want: FORGED, requests: faulty(faults.tampered) },
  { spec: "1.3", name: "a byte less in the body", want: FORGED, requests: faulty(faults.truncated) },
  { spec: "1.3", name: "the body parsed and written again", want: FORGED, requests: faulty(faults.reencoded) },
  {
    spec: "1.3",
    name: "other bytes that decode to the same text",
    want: FORGED,
    // A lenient decoder turns bytes that are not UTF-8 into U+FFFD, and that is what was signed.
    requests: ({ event, signed }) => {
      const body = bodyOf(event({ note: "\ufffd" }))
      const at = body.lastIndexOf(0xef)
      return [withBody(signed(body), Uint8Array.of(...body.subarray(0, at), 0xff, ...body.subarray(at + 3)))]
    },
  },
  {
    spec: "1.3",
    name: "another time than the one that was signed",
    want: FORGED,
    requests: laidOut((time, v1) => `t=${Number(time) - 1},v1=${v1}`),
  },
  {
    spec: "1.6",
    name: "a retry is signed anew",
    want: TAKEN,
    requests: ({ event, options }) => faults.duplicate(event(), options),
  },
  {
    spec: "1.8",
    name: "no signature",
    want: refused(400, "webhook_signature_missing"),
    requests: faulty(faults.unsigned),
  },
  {
    spec: "1.8",
    name: "an empty signature header",
    want: refused(400, "webhook_signature_missing"),
    requests: laidOut(() => " "),
  },
]

const isPrefixed = ({ secret }: CheckedSecret): boolean => /^whsec_./.test(secret)

/** Returns those secrets that have a prefix, without it. */
const withoutPrefix = (secrets: SecretsInput): SecretsInput =>
  checkSecrets(secrets, credicorp)
    .filter(isPrefixed)
    .map(({ id, secret }) => ({ id, secret: secret.slice("whsec_".length), allowUnusual: true }))

const WITHOUT_PREFIX: Promised = {
  spec: "1.4",
  name: "signed with the secret without its prefix",
  want: FORGED,
  requests: ({ options, event }) => [signedRequest(event(), { ...options, secrets: withoutPrefix(options.secrets) })],
}

const GRAMMAR: readonly Promised[] = [
  { name: "the signature before the time", toText: (time: string, v1: string) => `v1=${v1},t=${time}` },
  { name: "items separated by spaces and tabs", toText: (time: string, v1: string) => `t=${time} \t v1=${v1}` },
  { name: "a comma and a space, as joined lines have", toText: (time: string, v1: string) => `t=${time}, v1=${v1}` },
  { name: "unknown keys and items without =", toText: (time: string, v1: string) => `v0=1,t=${time},x,v1=${v1},v2=` },
  {
    name: "a signature that cannot be read beside one that can",
    toText: (time: string, v1: string) => `t=${time},v1=x,v1=${v1}`,
  },
  {
    name: "as many signatures as there may be, the last one genuine",
    toText: (time: string, v1: string, other: string) =>
      [`t=${time}`, ...Array<string>(MAX_SIGNATURES - 1).fill(other), v1].join(",v1="),
  },
].map(({ name, toText }) => ({ spec: "1.7", name, want: TAKEN, requests: laidOut(toText) }))

const MALFORMED: readonly Promised[] = Object.entries(faults.malformed).map(([way, fault]) => ({
  spec: "1.7",
  name: `a malformed header: ${way}`,
  want: FORGED,
  requests: faulty(fault),
}))

/** Tests the edges to the second where the receiver's clock is fixed; else from a distance that a slow run cannot cover. */
function timePromises({ now, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS }: ConformanceOptions): readonly Promised[] {
  const within = now === undefined ? Math.floor(toleranceSeconds / 2) : toleranceSeconds
  const far = [
    { name: "signed in 1970", seconds: () => 0 },
    { name: "signed ten years ahead", seconds: (time: number) => time + 315_360_000 },
  ]
  const edges =
    now === undefined
      ? []
      : [
          { name: "a second older than the tolerance", seconds: (time: number) => time - toleranceSeconds - 1 },
          { name: "a second further ahead than the tolerance", seconds: (time: number) => time + toleranceSeconds + 1 },
        ]
  return [
    { spec: "1.5", name: "signed within the tolerance ago", want: TAKEN, requests: signedAt((time) => time - within) },
    {
      spec: "1.5",
      name: "signed within the tolerance ahead",
      want: TAKEN,
      requests: signedAt((time) => time + within),
    },
    { spec: "1.5", name: "signed too long ago", want: FORGED, requests: faulty(faults.stale) },
    { spec: "1.5", name: "signed too far ahead", want: FORGED, requests: faulty(faults.ahead) },
    ...[...far, ...edges].map(({ name, seconds }) => ({
      spec: "1.5",
      name,
      want: FORGED,
      requests: signedAt(seconds),
    })),
  ]
}

/** Returns the promises of spec 1. */
export const signaturePromises = (options: ConformanceOptions): readonly Promised[] => [
  ...TIMELESS,
  ...(withoutPrefix(options.secrets).length > 0 ? [WITHOUT_PREFIX] : []),
  ...timePromises(options),
  ...GRAMMAR,
  ...MALFORMED,
]
