// Interleaved rounds: each round times every contestant once, so that a temporary slowdown of the machine affects all of them.
// Values are compared within a round only.

/** CPU time of one run, in microseconds, one value a round. */
export type Samples = Readonly<Record<string, readonly number[]>>

/** Runs something `times` times. */
export interface Timed {
  readonly id: string
  /** @returns CPU time of the whole batch, in microseconds. */
  readonly batch: (times: number) => Promise<number>
}

export interface Plan {
  readonly rounds: number
  /** CPU time that one batch should take, in microseconds. */
  readonly batchUs: number
  /** CPU time that each is run before anything counts, in microseconds: compilers take their time. */
  readonly warmUs: number
}

export async function measure(timed: readonly Timed[], { rounds, batchUs, warmUs }: Plan): Promise<Samples> {
  const times = new Map<string, number>()
  for (const { id, batch } of timed) {
    // The most of several looks: in the first the compilers and the collector take their part.
    for (let spent = 0; spent < warmUs; spent += batchUs) {
      times.set(id, Math.max(times.get(id) ?? 1, await findBatch(batch, batchUs)))
    }
  }
  const samples: Record<string, number[]> = Object.fromEntries(timed.map(({ id }) => [id, []]))
  for (let round = 0; round < rounds; round++) {
    // Each round begins with another contestant, so that none always runs after the same one and its garbage.
    const first = (round * 7) % timed.length
    for (const { id, batch } of [...timed.slice(first), ...timed.slice(0, first)]) {
      const count = times.get(id)!
      samples[id]!.push((await batch(count)) / count)
    }
  }
  return samples
}

/** How many runs fill a batch. */
async function findBatch(batch: Timed["batch"], batchUs: number): Promise<number> {
  for (let count = 1; ; count *= 4) {
    const spent = await batch(count)
    if (spent >= batchUs / 4) return Math.max(1, Math.round((count * batchUs) / spent))
  }
}

/** Middle and spread of some values. */
export interface Summary {
  readonly median: number
  /** Half of the values lie between these. */
  readonly low: number
  readonly high: number
}

export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => {
    const place = share * (sorted.length - 1)
    const below = sorted[Math.floor(place)]!
    return below + (sorted[Math.ceil(place)]! - below) * (place % 1)
  }
  return { median: at(0.5), low: at(0.25), high: at(0.75) }
}

/** How many times as long `of` took as `to`, round by round. */
export function compare(samples: Samples, of: string, to: string): Summary {
  const divisors = valuesOf(samples, to)
  return summarize(valuesOf(samples, of).map((value, round) => value / divisors[round]!))
}

export function valuesOf(samples: Samples, id: string): readonly number[] {
  const values = samples[id]
  if (!values) throw new Error(`${id} was not measured`)
  return values
}

/** The values of several, added up round by round. */
export const sum = (samples: Samples, ...ids: readonly string[]): readonly number[] =>
  valuesOf(samples, ids[0]!).map((_, round) => ids.reduce((total, id) => total + valuesOf(samples, id)[round]!, 0))
