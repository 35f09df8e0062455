/** Why a delivery was refused (spec 9.2). */
export type CauseCode =
  | "secret_wrong"
  | "secret_missing"
  | "secret_quoted"
  | "secret_whitespace"
  | "secret_prefix"
  | "secret_encoding"
  | "secret_truncated"
  | "other_secret"
  | "test_live_swapped"
  | "body_reserialized"
  | "body_reencoded"
  | "body_newline"
  | "body_base64"
  | "body_compressed"
  | "body_empty"
  | "body_truncated"
  | "header_renamed"
  | "header_case"
  | "header_encoding"
  | "header_other_provider"
  | "time_milliseconds"
  | "clock_skew"
  | "stale_delivery"
  | "signed_body_only"
  | "signed_without_time"
  | "url_differs"
  | "wrong_provider"

/** `certain`: the delivery verifies once this is undone. `likely`: the shape of the input gives it away. Else `possible`. */
export type Confidence = "certain" | "likely" | "possible"

/** One reason why a delivery may have been refused (spec 9.1). */
export interface Cause {
  readonly code: CauseCode
  readonly confidence: Confidence
  /** What was seen: positions, lengths, header names, ids of secrets. Never a secret or a signature. */
  readonly evidence: string
  /** What to do about it. */
  readonly fix: string
}

/** What to do about each cause. */
const FIXES: Readonly<Record<CauseCode, string>> = {
  secret_wrong:
    "Copy the secret of exactly this endpoint from the provider's dashboard again, and see that the variable of this environment holds it.",
  secret_missing: "Set the variable that holds the secret. In a Worker it is a secret binding, never a line of [vars].",
  secret_quoted: "Store the secret without the characters around it: quotes, commas, backticks.",
  secret_whitespace: "Store the secret without spaces, line breaks or a comment before, after or inside it.",
  secret_prefix: "Store the secret exactly as the provider shows it, with its prefix once and nothing in front of it.",
  secret_encoding:
    "Use the key format of this provider: some sign with the text of the secret, others with the bytes that it encodes.",
  secret_truncated: "Copy the whole secret. Dashboards shorten it on the screen; use their copy button.",
  other_secret: "Use the secret that matched for this receiver, or send this delivery to the receiver that has it.",
  test_live_swapped: "Use the secret of the mode that the event is of. Test and live have secrets of their own.",
  body_reserialized:
    "Verify the bytes that arrived, before any JSON parser. JSON.stringify of a parsed body is not what was signed.",
  body_reencoded: "Pass the body as bytes. Decoding it to text and encoding it again changed it.",
  body_newline: "Pass the body unchanged: no trim(), no added line break, no conversion of line ends.",
  body_base64: "Decode the body from base64 first, where the platform says that it is encoded.",
  body_compressed: "Verify the body as the sender signed it, before compression or after decompression.",
  body_empty: "Read the body before anything else consumes it, and pass its bytes.",
  body_truncated: "Raise the limit of whatever reads the body, and see that no proxy cuts it.",
  header_renamed: "Pass the headers under the names that the provider sends. A proxy or framework renamed this one.",
  header_case: "Let the sender write the signature in lower-case hex, or keep the proxy from changing its case.",
  header_encoding: "Let the sender write the signature in the encoding that this provider uses.",
  header_other_provider: "Configure the provider that sent this delivery, or correct the URL at the sender.",
  time_milliseconds: "Use whole seconds since 1970, as Math.floor(Date.now() / 1000).",
  clock_skew: "Set the clock of the machine whose time is off, with NTP, and check time zones.",
  stale_delivery:
    "Send the event again from the provider's dashboard. A recorded delivery cannot be verified later; a queue must verify before it stores.",
  signed_body_only: "Let the sender sign the time and the body, as this provider's scheme says.",
  signed_without_time: "Let the sender send the time and sign it, as this provider's scheme says.",
  url_differs: "Pass the URL that the provider called, as configured in its dashboard, not the one behind the proxy.",
  wrong_provider: "Give the verifier the provider that sends these deliveries.",
}

/** Makes a cause with the advice of its code. */
export const cause = (code: CauseCode, confidence: Confidence, evidence: string): Cause => ({
  code,
  confidence,
  evidence,
  fix: FIXES[code],
})

const RANK: Readonly<Record<Confidence, number>> = { certain: 0, likely: 1, possible: 2 }

/** Orders causes by confidence, otherwise as they were found; of one code the first and strongest stays. */
export function rank(causes: readonly Cause[]): readonly Cause[] {
  const sorted = causes.toSorted((a, b) => RANK[a.confidence] - RANK[b.confidence])
  return sorted.filter(({ code }, i) => sorted.findIndex((other) => other.code === code) === i)
}
