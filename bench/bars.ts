// What Countersign sets out to reach, as data, and whether a run has reached it.

import { nameOfSize, SIZES } from "./bodies.ts"
import { HOSTILE_HEADERS, MANY_SIZES, NEAR_MISSES } from "./contestants.ts"
import { summarize, sum, valuesOf } from "./measure.ts"
import type { Groups } from "./micro.ts"
import type { Results } from "./results.ts"
import { compareIn, judge, ratio, ratios, type Bar, type Measured, type Verdict } from "./verdict.ts"

const from = (bytes: number): readonly number[] => SIZES.filter((size) => size >= bytes)
const upTo = (bytes: number): readonly number[] => SIZES.filter((size) => size <= bytes)

/** The least that a verifier of this scheme can be in JavaScript. */
const LEAST = "floor: header, HMAC, compare"

export const PEERS = ["stripe", "standardwebhooks", "svix", "octokit", "tern"]

function verifyBars(groups: Groups, where: string): readonly Bar[] {
  const compare = (sizes: readonly number[], of: string, to: string): readonly Measured[] =>
    ratios(groups, sizes, of, to)
  /** The least verifier, one decoding and one parse. */
  const leastOver = (sizes: readonly number[]): readonly Measured[] =>
    sizes.map((bytes) => {
      const samples = groups[bytes]!
      return ratio(sum(samples, LEAST, "floor/parse"), valuesOf(samples, "floor/parse"), nameOfSize(bytes))
    })
  const overLeast = (sizes: readonly number[], of: string): readonly Measured[] =>
    sizes.map((bytes) => {
      const samples = groups[bytes]!
      return ratio(valuesOf(samples, of), sum(samples, LEAST, "floor/parse"), nameOfSize(bytes))
    })
  const fastestPeer = (sizes: readonly number[], of: string): readonly Measured[] =>
    sizes.map((bytes) => {
      const all = PEERS.map((peer) => compareIn(groups[bytes]!, of, `${peer}/check`, peer))
      const worst = all.toSorted((a, b) => b.value - a.value)[0]!
      return { ...worst, at: `${nameOfSize(bytes)}, ${worst.at}` }
    })
  const parseBar = (bytes: number, atMost: number): Bar => ({
    bar: "3",
    what: `verify and parse ÷ parse floor, ${nameOfSize(bytes)}`,
    where,
    atMost,
    values: compare([bytes], "ours/parse", "floor/parse"),
    floors: leastOver([bytes]),
  })
  return [
    {
      bar: "1",
      what: "signature check ÷ native floor, from 4 KiB",
      where,
      atMost: 1.1,
      values: compare(from(4_096), "ours/check", "floor/native"),
      floors: compare(from(4_096), LEAST, "floor/native"),
    },
    {
      bar: "1",
      what: "signature check ÷ native floor, up to 1 KiB",
      where,
      atMost: 1.5,
      values: compare(upTo(1_024), "ours/check", "floor/native"),
      floors: compare(upTo(1_024), LEAST, "floor/native"),
    },
    {
      bar: "1",
      what: "signature check ÷ the fastest peer",
      where,
      atMost: 1,
      values: fastestPeer(SIZES, "ours/check"),
      floors: fastestPeer(SIZES, LEAST),
    },
    {
      bar: "2",
      what: "refusing ÷ accepting",
      where,
      atMost: 1.05,
      values: compare(SIZES, "ours/refuse", "ours/check"),
      // Accepting, measured twice: what is between them is the measurement's own.
      floors: compare(SIZES, "ours with Headers/check", "ours/check"),
    },
    {
      bar: "2",
      what: "standardwebhooks ÷ ours, refusing, 1 KiB",
      where,
      atLeast: 6,
      values: compare([1_024], "standardwebhooks/refuse", "ours/refuse"),
      floors: compare([1_024], "standardwebhooks/refuse", LEAST),
    },
    {
      bar: "2",
      what: "standardwebhooks ÷ ours, refusing, from 16 KiB",
      where,
      atLeast: 12,
      values: compare(from(16_384), "standardwebhooks/refuse", "ours/refuse"),
      floors: compare(from(16_384), "standardwebhooks/refuse", LEAST),
    },
    {
      bar: "2",
      what: "stripe ÷ ours, refusing, up to 1 KiB",
      where,
      atLeast: 4,
      values: compare(upTo(1_024), "stripe/refuse", "ours/refuse"),
      floors: compare(upTo(1_024), "stripe/refuse", LEAST),
    },
    {
      bar: "2",
      what: "stripe ÷ ours, refusing, everywhere",
      where,
      atLeast: 1.6,
      values: compare(SIZES, "stripe/refuse", "ours/refuse"),
      floors: compare(SIZES, "stripe/refuse", LEAST),
    },
    parseBar(4_096, 1.9),
    parseBar(65_536, 1.3),
    parseBar(1_048_576, 1.08),
    {
      bar: "3",
      what: "stripe ÷ ours, verify and parse",
      where,
      atLeast: 1,
      values: compare(SIZES, "stripe/parse", "ours/parse"),
      floors: overLeast(SIZES, "stripe/parse"),
    },
    {
      bar: "3",
      what: "standardwebhooks ÷ ours, verify and parse, from 4 KiB",
      where,
      atLeast: 2.8,
      values: compare(from(4_096), "standardwebhooks/parse", "ours/parse"),
      floors: overLeast(from(4_096), "standardwebhooks/parse"),
    },
  ]
}

const TIMED_HEADERS = Object.keys(HOSTILE_HEADERS)

function headerBars(groups: Groups, where: string): readonly Bar[] {
  const samples = groups["headers"]!
  const time = (id: string): Measured => {
    const { median: value, low, high } = summarize(valuesOf(samples, id))
    return { value, low, high, at: id }
  }
  const tenChecks = (of: string): readonly Measured[] =>
    MANY_SIZES.map((bytes) => {
      const checks = valuesOf(samples, `1 signature, ${bytes}`).map((value) => 10 * value)
      return ratio(valuesOf(samples, `${of}, ${bytes}`), checks, nameOfSize(bytes))
    })
  return [
    {
      bar: "5",
      what: "a hostile header is refused in",
      where,
      atMost: 2,
      unit: " µs",
      values: TIMED_HEADERS.map(time),
      floors: [{ ...time(`floor: ${NEAR_MISSES}`), at: "a signature looked for in them" }],
    },
    ...MANY_SIZES.map((bytes): Bar => ({
      bar: "5",
      what: `16 signatures ÷ one, ${nameOfSize(bytes)}`,
      where,
      atMost: 1.1,
      values: [compareIn(samples, `16 signatures, ${bytes}`, `1 signature, ${bytes}`, "")],
      floors: [compareIn(samples, `floor: 16 compared, ${bytes}`, `1 signature, ${bytes}`, "")],
    })),
    {
      bar: "5",
      what: "ten secrets and 16 signatures ÷ ten checks",
      where,
      atMost: 1,
      values: tenChecks("10 secrets, 16 signatures"),
      floors: tenChecks("10 secrets, 1 signature"),
    },
  ]
}

const LARGE = [65_536, 1_048_576] as const

const readBars = (groups: Groups, where: string): readonly Bar[] =>
  ["sized", "chunked"].map((kind) => ({
    bar: "6",
    what: `bounded read ÷ arrayBuffer(), ${kind}`,
    where,
    atMost: 1.05,
    values: ratios(groups, LARGE, `bounded/${kind}`, `array-buffer/${kind}`),
    floors: ratios(groups, LARGE, `counted/${kind}`, `array-buffer/${kind}`),
  }))

const countOf = (value: number, at = ""): Measured => ({ value, low: value, high: value, at })

function workerBars({ servers, hmacs, readsInWorkerd, starts, libraries, workers }: Results): readonly Bar[] {
  const server = (bytes: number, atMost: number): Bar => ({
    bar: "4",
    what: `receiver ÷ bare, user CPU a request, ${nameOfSize(bytes)}`,
    where: "workerd",
    atMost,
    values: ratios(servers, [bytes], "receiver-alone", "bare"),
    floors: ratios(servers, [bytes], "native", "bare"),
  })
  return [
    server(1_024, 1.3),
    server(65_536, 1.4),
    {
      bar: "5",
      what: "ten secrets and 16 signatures",
      where: "anywhere",
      atMost: 10,
      unit: " HMACs",
      values: [countOf(hmacs)],
    },
    {
      bar: "6",
      what: "refusing by header ÷ reading, 1 MiB",
      where: "workerd",
      atMost: 0.3,
      values: ["sized", "chunked"].map((kind) =>
        compareIn(readsInWorkerd[1_048_576]!, `refused/${kind}`, `array-buffer/${kind}`, kind),
      ),
      // A request with next to no body, read whole.
      floors: ["sized", "chunked"].map((kind) =>
        ratio(
          valuesOf(readsInWorkerd[1_024]!, `array-buffer/${kind}`),
          valuesOf(readsInWorkerd[1_048_576]!, `array-buffer/${kind}`),
          kind,
        ),
      ),
    },
    {
      bar: "7",
      what: "createVerifier + verifyWebhook, gzipped",
      where: "bundle",
      atMost: 5_120,
      unit: " bytes",
      values: [countOf(libraries["countersign: createVerifier and verifyWebhook"]!)],
      floors: [countOf(libraries["SHA-256 of @noble/hashes, which is in it"]!, "SHA-256 of noble alone")],
    },
    {
      bar: "7",
      what: "a Worker of the receiver alone, gzipped",
      where: "bundle",
      atMost: 18_432,
      unit: " bytes",
      values: [countOf(workers["receiver-alone"]!)],
    },
    {
      bar: "7",
      what: "isolate start ÷ bare",
      where: "workerd",
      atMost: 1.25,
      values: [compareIn(starts, "receiver-alone", "bare", "receiver alone")],
      floors: [compareIn(starts, "bare-crypto", "bare", "bare that loads node:crypto")],
    },
  ]
}

/** Every bar, in their order, with what this run has to say. */
export function judgeAll(results: Results): readonly Verdict[] {
  const { node, workerd, readsInNode, readsInWorkerd } = results
  const bars = [
    ...verifyBars(node, "Node"),
    ...verifyBars(workerd, "workerd"),
    ...headerBars(node, "Node"),
    ...headerBars(workerd, "workerd"),
    ...readBars(readsInNode, "Node"),
    ...readBars(readsInWorkerd, "workerd"),
    ...workerBars(results),
  ]
  return bars.toSorted((a, b) => a.bar.localeCompare(b.bar)).map(judge)
}
