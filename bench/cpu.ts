import { readdirSync, readFileSync } from "node:fs"

/** CPU time that a process has had, all its threads together, in microseconds. The scheduler counts nanoseconds. */
export function cpuOf(pid: number): number {
  const tasks = `/proc/${pid}/task`
  let spent = 0
  for (const task of readdirSync(tasks))
    spent += Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0])
  return spent / 1_000
}

const TICK_US = 10_000

/** User CPU time of a process, in microseconds, in steps of a hundredth of a second. */
export function userCpuOf(pid: number): number {
  // The second field, the command in brackets, may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")
  return Number(fields[11]) * TICK_US
}

/** Memory that a process holds now, in bytes. */
export const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1_024
