// A bar, and the verdict of a run on it.

import { nameOfSize } from "./bodies.ts"
import { summarize, valuesOf, type Samples } from "./measure.ts"
import type { Groups } from "./micro.ts"

/** One line of the table. */
export interface Verdict {
  readonly bar: string
  readonly what: string
  readonly where: string
  /** `≤ 1.10` */
  readonly limit: string
  /** The worst of what was measured, its spread, and where. */
  readonly measured: string
  readonly met: boolean
  /** If the bar was missed: the floor that no verifier can go below, from the same run. */
  readonly floor: string
}

export interface Measured {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly at: string
}

export interface Bar extends Pick<Verdict, "bar" | "what" | "where"> {
  readonly atMost?: number
  readonly atLeast?: number
  readonly unit?: string
  readonly values: readonly Measured[]
  /** What the worst value would be if Countersign cost nothing beyond what it cannot do without. */
  readonly floors?: readonly Measured[]
}

export function judge({ bar, what, where, atMost, atLeast, unit = "", values, floors }: Bar): Verdict {
  // The value that is furthest beyond the limit, or nearest to it.
  const badness = ({ value }: Measured): number => (atMost === undefined ? -value : value)
  const worst = values.toSorted((a, b) => badness(b) - badness(a))[0]!
  const met = atMost === undefined ? worst.value >= atLeast! : worst.value <= atMost
  const floor = floors?.find(({ at }) => at === worst.at) ?? floors?.[0]
  return {
    bar,
    what,
    where,
    limit: `${atMost === undefined ? "≥" : "≤"} ${atMost ?? atLeast}${unit}`,
    measured: toText(worst, unit),
    met,
    floor: met || !floor ? "" : toText(floor, unit),
  }
}

const toText = ({ value, low, high, at }: Measured, unit: string): string => {
  const digits = value < 100 && !Number.isInteger(value) ? 2 : 0
  const spread = low === high ? "" : ` (${low.toFixed(digits)}–${high.toFixed(digits)})`
  return `${value.toFixed(digits)}${unit}${spread}${at && `, ${at}`}`
}

export const ratio = (of: readonly number[], to: readonly number[], at: string): Measured => {
  const { median, low, high } = summarize(of.map((value, round) => value / to[round]!))
  return { value: median, low, high, at }
}

/** Round by round, at each of these sizes. */
export const ratios = (groups: Groups, sizes: readonly number[], of: string, to: string): readonly Measured[] =>
  sizes.map((bytes) => compareIn(groups[bytes]!, of, to, nameOfSize(bytes)))

export const compareIn = (samples: Samples, of: string, to: string, at: string): Measured =>
  ratio(valuesOf(samples, of), valuesOf(samples, to), at)
