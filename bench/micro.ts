// The functions alone, in a loop: in this process and inside workerd.

import { SIZES } from "./bodies.ts"
import { createHeaderGroup, createVerifyGroup, repeat, type Contestant } from "./contestants.ts"
import { cpuOf } from "./cpu.ts"
import { measure, type Plan, type Samples, type Timed } from "./measure.ts"
import { createReadGroup, READ_SIZES } from "./read-contestants.ts"
import { bundle, serve } from "./workerd.ts"

/** Group → what was measured in it. A group is a body's size in bytes, or `headers`. */
export type Groups = Readonly<Record<string, Samples>>

export const GROUPS: readonly string[] = [...SIZES.map(String), "headers"]

export async function measureInNode(plan: Plan, progress: (group: string) => void): Promise<Groups> {
  const groups: Record<string, Samples> = {}
  for (const group of GROUPS) {
    const contestants = group === "headers" ? createHeaderGroup() : createVerifyGroup(Number(group))
    groups[group] = await measure(contestants.map(inThisProcess), plan)
    progress(group)
  }
  return groups
}

/** In workerd a body comes with a request over the network: `servers.ts` measures that. */
export async function measureReadsInNode(plan: Plan): Promise<Groups> {
  const groups: Record<string, Samples> = {}
  for (const bytes of READ_SIZES) groups[bytes] = await measure(createReadGroup(bytes).map(inThisProcess), plan)
  return groups
}

const inThisProcess = (contestant: Contestant): Timed => ({
  id: contestant.id,
  batch: async (times) => {
    const before = process.cpuUsage()
    await repeat(contestant, times)
    const { user, system } = process.cpuUsage(before)
    return user + system
  },
})

export async function measureInWorkerd(plan: Plan, progress: (group: string) => void): Promise<Groups> {
  const { pid, urls, stop } = await serve([{ name: "micro", code: await bundle("micro.ts") }])
  const ask = async (parameters: Record<string, string>): Promise<Response> => {
    const answer = await fetch(`${urls["micro"]}/?${String(new URLSearchParams(parameters))}`)
    if (!answer.ok) throw new Error(`the Worker failed: ${await answer.text()}`)
    return answer
  }
  const groups: Record<string, Samples> = {}
  try {
    for (const group of GROUPS) {
      const ids = (await (await ask({ group })).json()) as readonly string[]
      const inWorkerd = (id: string): Timed => ({
        id,
        batch: async (times) => {
          const before = cpuOf(pid)
          await (await ask({ group, id, times: String(times) })).text()
          return cpuOf(pid) - before
        },
      })
      groups[group] = await measure(ids.map(inWorkerd), plan)
      progress(group)
    }
  } finally {
    await stop()
  }
  return groups
}
