// What is timed against what, the same in Node and in workerd.

import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto"
import { equalText, toAscii } from "../src/core/bytes.ts"
import { checkOptions } from "../src/verify/options.ts"
import { createVerifier } from "../src/verify/verifier.ts"
import { createKeyring } from "../src/verify/keyring.ts"
import type { HashEngine } from "../src/providers/hashes.ts"
import { nobleEngine } from "../src/verify/hmac.ts"
import { credicorp } from "../src/providers/credicorp.ts"
import type { Claim } from "../src/providers/provider.ts"
import { checkSecrets } from "../src/verify/secrets.ts"
import { prove, readSignature } from "../src/verify/verify.ts"
import { SIZES } from "./bodies.ts"
import { createFixture, forge, type Fixture } from "./fixture.ts"
import { SECRET } from "./fixture-secret.ts"
import { createPeers } from "./peers.ts"

/** One thing that is timed. */
export interface Contestant {
  /** Who, and what: `stripe/check`. */
  readonly id: string
  /** What it must answer, or what is timed is not what it says. */
  readonly wants: boolean
  readonly run: () => boolean | Promise<boolean>
}

/** Runs it `times` times; nothing is awaited that is no promise. */
export async function repeat({ run, wants, id }: Contestant, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const answer = run()
    const accepted = typeof answer === "boolean" ? answer : await answer
    if (accepted !== wants) throw new Error(`${id} answered ${accepted}`)
  }
}

const yes = (id: string, run: Contestant["run"]): Contestant => ({ id, run, wants: true })
const no = (id: string, run: Contestant["run"]): Contestant => ({ id, run, wants: false })

/** Checking, refusing and parsing a body of one size: floors, Countersign and peers. */
export function createVerifyGroup(bytes: number): readonly Contestant[] {
  const fixture = createFixture(bytes)
  return [
    ...createFloors(fixture),
    ...createOurs(fixture),
    ...createPeers(fixture).flatMap(({ name, check, parse }) => [
      yes(`${name}/check`, () => check(false)),
      no(`${name}/refuse`, () => check(true)),
      yes(`${name}/parse`, parse),
    ]),
  ]
}

/** What no verifier can do without: a native HMAC over two chunks and a comparison; one decoding and one `JSON.parse`. */
function createFloors({ secret, timeText, body }: Fixture): readonly Contestant[] {
  const key = createSecretKey(Buffer.from(secret))
  const prefix = new TextEncoder().encode(`${timeText}.`)
  const mac = (): Uint8Array => createHmac("sha256", key).update(prefix).update(body).digest()
  const expected = mac()
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  const header = `t=${timeText},v1=${Buffer.from(expected).toString("hex")}`
  return [
    // What a check takes at the least beyond the HMAC, in JavaScript: one regular expression, one comparison.
    yes("floor: header, HMAC, compare", () => {
      const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header)!
      const made = createHmac("sha256", key)
        .update(toAscii(`${time}.`))
        .update(body)
        .digest("hex")
      return equalText(made, signature!)
    }),
    yes("floor/native", () => timingSafeEqual(mac(), expected)),
    yes("floor/parse", () => typeof JSON.parse(decoder.decode(body)) === "object"),
  ]
}

const arrived = (claim: Claim, body: Uint8Array<ArrayBuffer>) => ({ claim, body, header: () => "", target: undefined })

function createOurs({ secret, body, header, forgedHeader }: Fixture): readonly Contestant[] {
  const verifier = createVerifier({ secrets: [secret] })
  const noble = {
    ...checkOptions({ secrets: [secret] }),
    keys: createKeyring(checkSecrets([secret]), credicorp, nobleEngine),
  }
  const headers = { "credicorp-signature": header }
  const platformHeaders = new Headers(headers)
  const forged = { "credicorp-signature": forgedHeader }
  return [
    yes("ours/check", () => verifier.checkSignature(body, headers).ok),
    yes("ours with Headers/check", () => verifier.checkSignature(body, platformHeaders).ok),
    yes("ours on noble/check", () => {
      const parts = readSignature(() => header, credicorp)
      return parts.ok && prove(arrived(parts.value, body), noble).ok
    }),
    // The whole check, parsing included if it came to that: a body that is refused must not be parsed.
    no("ours/refuse", () => verifier.check(body, forged).ok),
    yes("ours/parse", () => verifier.check(body, headers).ok),
  ]
}

const HEX = "0123456789abcdef".repeat(4)

/** The dearest to read that we know: as many signatures as may be, each a digit short, then beginnings of more. */
export const NEAR_MISSES = "malformed, 4,096 of near misses"

/** Headers of an untrusted sender. For a refused header, the body must not be read. */
export const HOSTILE_HEADERS: Readonly<Record<string, string>> = {
  missing: "",
  "over-long, 4,097": "v1=".padEnd(4_097, "a"),
  "over-long, 64 KiB": `t=1,v1=${HEX},`.repeat(800).slice(0, 65_536),
  "over-long, 1 MiB": ",".repeat(1_048_576),
  "malformed, 20": "not a signature: 123",
  "malformed, no time": `v1=${HEX}`,
  "malformed, 1,100 of 16 signatures": Array<string>(16).fill(`v1=${HEX}`).join(),
  "malformed, 4,096 of one word": "a".repeat(4_096),
  "malformed, 4,096 of commas": ",".repeat(4_096),
  "malformed, 4,096 of blanks and a word": "x".padStart(4_096),
  "malformed, 4,096 of words": "a,".repeat(2_048),
  "malformed, 4,096 of times": "t=1,".repeat(1_024),
  [NEAR_MISSES]: `v1=${HEX.slice(1)},`.repeat(16).padEnd(4_096, "v1,"),
  "too many signatures, 4,096": "v1=,".repeat(1_024),
}

const MANY = 16
const TEN = 10

/** Bodies that many signatures and many secrets are tried with. */
export const MANY_SIZES = [4_096, 65_536, 1_048_576] as const

const tenSecrets = Array.from({ length: TEN }, (_, i) => `whsec_another_${i}_0123456789abcdef`)

/** Hostile headers, and what many signatures and many secrets cost. */
export const createHeaderGroup = (): readonly Contestant[] => [
  ...createHostile(),
  ...MANY_SIZES.flatMap(createMany),
  // One expression that looks for signatures, and for nothing else.
  no(`floor: ${NEAR_MISSES}`, () => /[, \t]v1=[0-9a-f]{64}/.test(HOSTILE_HEADERS[NEAR_MISSES]!)),
]

function createHostile(): readonly Contestant[] {
  const { body } = createFixture(4_096)
  const verifier = createVerifier({ secrets: [SECRET] })
  return Object.entries(HOSTILE_HEADERS).map(([name, signature]) =>
    no(name, () => verifier.checkSignature(body, { "credicorp-signature": signature }).ok),
  )
}

function createMany(bytes: number): readonly Contestant[] {
  const { body, header, forgedHeader } = createFixture(bytes)
  const time = header.slice(0, header.indexOf(","))
  const forged = forgedHeader.slice(time.length)
  const sixteen = time + forged.repeat(MANY - 1) + header.slice(time.length)
  const one = createVerifier({ secrets: [SECRET] })
  const ten = createVerifier({ secrets: tenSecrets })
  const accepts = (signature: string) => (): boolean =>
    one.checkSignature(body, { "credicorp-signature": signature }).ok
  const refuses = (signature: string) => (): boolean =>
    ten.checkSignature(body, { "credicorp-signature": signature }).ok
  const signature = header.slice(-64)
  const others = Array.from({ length: MANY - 1 }, (_, i) =>
    forge(header)
      .slice(-64 + i)
      .padStart(64, "0"),
  )
  return [
    yes(`1 signature, ${bytes}`, accepts(header)),
    yes(`16 signatures, ${bytes}`, accepts(sixteen)),
    no(`10 secrets, 1 signature, ${bytes}`, refuses(forgedHeader)),
    no(`10 secrets, 16 signatures, ${bytes}`, refuses(time + forged.repeat(MANY))),
    // The check of one, and fifteen comparisons of texts that are ready: no header is read for them.
    yes(
      `floor: 16 compared, ${bytes}`,
      () => accepts(header)() && !others.some((other) => equalText(signature, other)),
    ),
  ]
}

/** HMACs that ten secrets and sixteen signatures cost. */
export function countHmacs(): number {
  const { body, header, forgedHeader } = createFixture(SIZES[0])
  let count = 0
  const counting: HashEngine = {
    ...nobleEngine,
    hmac(key) {
      const mac = nobleEngine.hmac(key)
      return (chunks) => {
        count++
        return mac(chunks)
      }
    },
  }
  const keys = createKeyring(checkSecrets(tenSecrets), credicorp, counting)
  const many = header + forgedHeader.slice(header.indexOf(",")).repeat(MANY - 1)
  const parts = readSignature(() => many, credicorp)
  if (!parts.ok || prove(arrived(parts.value, body), { ...checkOptions({ secrets: tenSecrets }), keys }).ok) {
    throw new Error("sixteen signatures of others were not looked at, or taken")
  }
  return count
}
