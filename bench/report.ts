// The report of a run: Markdown tables, for the terminal and for docs/performance.md.

import type { AttackResult } from "./attack.ts"
import { STEPS } from "./inbox-cost.ts"
import { PEERS } from "./bars.ts"
import { nameOfSize, SIZES } from "./bodies.ts"
import { createFixture } from "./fixture.ts"
import { compare, summarize, valuesOf, type Samples } from "./measure.ts"
import type { Groups } from "./micro.ts"
import { createPeers } from "./peers.ts"
import type { Results } from "./results.ts"
import type { Verdict } from "./verdict.ts"

export function toMarkdown(results: Results, verdicts: readonly Verdict[]): string {
  const { machine, versions, node, workerd, servers, inbox, starts, libraries, workers, readsInWorkerd } = results
  const unmet = verdicts.filter(({ met }) => !met).length
  return [
    `${Object.values(machine).join(", ")}; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}. The ${results.form} form, ${results.tookSeconds} s.`,
    "",
    "### Bars",
    "",
    `${verdicts.length - unmet} of ${verdicts.length} are met. Each line shows the worst of its sizes, with the range of the middle half of the rounds.`,
    "",
    table(
      ["", "bar", "where", "limit", "measured", "", "floor, where it is not met"],
      verdicts.map(({ bar, what, where, limit, measured, met, floor }) => [
        bar,
        what,
        where,
        limit,
        measured,
        met ? "met" : "**not met**",
        floor,
      ]),
    ),
    ...[
      ["Node", node],
      ["workerd", workerd],
    ].flatMap(([name, groups]) => [
      `### Signature check in ${name as string}, µs`,
      "",
      verifyTable(groups as Groups, "check"),
      `### Refusing in ${name as string}, µs`,
      "",
      verifyTable(groups as Groups, "refuse"),
      `### Verify and parse in ${name as string}, µs`,
      "",
      verifyTable(groups as Groups, "parse"),
    ]),
    "### Hostile headers, µs",
    "",
    headerTable(node["headers"]!, workerd["headers"]!),
    "### A whole request in workerd, user CPU, µs",
    "",
    serverTable(servers, "bare"),
    "### With the inbox, CPU of the whole process, µs a delivery",
    "",
    inboxTable(inbox),
    "### Reading a body in workerd, CPU of the whole request, µs",
    "",
    serverTable(readsInWorkerd, "array-buffer/sized"),
    "### Size and start",
    "",
    table(
      ["", "gzipped, bytes", "first answer of a new isolate, CPU ms", "÷ bare"],
      Object.entries(workers).map(([name, bytes]) => [
        `Worker: ${name}`,
        bytes.toLocaleString("en"),
        (summarize(valuesOf(starts, name)).median / 1_000).toFixed(1),
        compare(starts, name, "bare").median.toFixed(2),
      ]),
    ),
    table(
      ["", "gzipped, bytes"],
      Object.entries(libraries).map(([name, bytes]) => [name, bytes.toLocaleString("en")]),
    ),
    "### What the peers do in their time",
    "",
    ...createPeers(createFixture(256)).map(({ name, does }) => `- **${name}**: ${does}`),
    "",
  ].join("\n")
}

/** The results of the attacks. */
export const toAttackMarkdown = (
  machine: Results["machine"],
  seconds: number,
  results: readonly AttackResult[],
): string =>
  [
    `${Object.values(machine).join(", ")}; ${seconds} s of each, over 16 connections.`,
    "",
    table(
      ["", "refused for each second of CPU", "requests", "memory half way → at the end, most (MiB)", ""],
      results.map(({ name, perCpuSecond, requests, memory: { middle, late, most }, note }) => [
        name,
        Math.round(perCpuSecond).toLocaleString("en"),
        requests.toLocaleString("en"),
        `${middle.toFixed(0)} → ${late.toFixed(0)}, ${most.toFixed(0)}`,
        note,
      ]),
    ),
  ].join("\n")

/** A table, with a blank line after it. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |\n`).join("")

const FLOORS = { check: "floor/native", refuse: "floor/native", parse: "floor/parse" } as const

function verifyTable(groups: Groups, what: keyof typeof FLOORS): string {
  const floor = FLOORS[what]
  const ids = [floor, ...["ours", "ours on noble", ...PEERS].map((who) => `${who}/${what}`)]
  return table(
    ["", ...SIZES.map(nameOfSize)],
    ids
      .filter((id) => groups[SIZES[0]]![id])
      .map((id) => [
        id.replace(/^ours/, "Countersign").replace(/\/\w+$/, ""),
        ...SIZES.map((bytes) => {
          const samples = groups[bytes]!
          const time = toMicroseconds(summarize(valuesOf(samples, id)).median)
          return id === floor ? time : `${time} (${compare(samples, id, floor).median.toFixed(2)} ×)`
        }),
      ]),
  )
}

const headerTable = (node: Samples, workerd: Samples): string =>
  table(
    ["", "Node", "workerd"],
    Object.keys(node).map((id) => [
      id,
      ...[node, workerd].map((samples) => toMicroseconds(summarize(valuesOf(samples, id)).median)),
    ]),
  )

function serverTable(groups: Groups, base: string): string {
  const sizes = Object.keys(groups)
  const ids = Object.keys(groups[sizes[0]!]!)
  return table(
    ["", ...sizes.map((bytes) => nameOfSize(Number(bytes)))],
    ids.map((id) => [
      id,
      ...sizes.map((bytes) => {
        const samples = groups[bytes]!
        const { median, low, high } = compare(samples, id, base)
        const spread = id === base ? "" : ` (${median.toFixed(2)} ×, ${low.toFixed(2)}–${high.toFixed(2)})`
        return `${summarize(valuesOf(samples, id)).median.toFixed(0)}${spread}`
      }),
    ]),
  )
}

function inboxTable(samples: Samples): string {
  const ids = Object.keys(STEPS)
  return table(
    ["", "µs", "more than the line before"],
    Object.entries(STEPS).map(([id, step], i) => {
      const values = valuesOf(samples, id)
      const before = i > 0 ? valuesOf(samples, ids[i - 1]!) : undefined
      const more = before ? summarize(values.map((value, round) => value - before[round]!)).median.toFixed(0) : ""
      return [step, summarize(values).median.toFixed(0), more]
    }),
  )
}

const toMicroseconds = (value: number): string =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en")
