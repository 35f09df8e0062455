// One picture of a run: how many times the native floor a signature check takes, by the size of the body, in workerd.

import { PEERS } from "./bars.ts"
import { nameOfSize, SIZES } from "./bodies.ts"
import { compare } from "./measure.ts"
import type { Results } from "./results.ts"

const WIDTH = 760
const HEIGHT = 380
const LEFT = 50
const RIGHT = 150
const TOP = 40
const BOTTOM = 40
const HIGHEST = 32
const LABEL_HEIGHT = 14

const COLOURS: Readonly<Record<string, string>> = {
  ours: "#0a7d4b",
  stripe: "#5b4bc4",
  standardwebhooks: "#c4551b",
  svix: "#a67c00",
  octokit: "#4a5560",
  tern: "#b3215b",
}

export function toChart({ workerd }: Results): string {
  const x = (index: number): number => LEFT + (index / (SIZES.length - 1)) * (WIDTH - LEFT - RIGHT)
  // Both axes are logarithmic: every step of the vertical one doubles.
  const y = (times: number): number =>
    TOP + (1 - Math.log2(Math.max(1, times)) / Math.log2(HIGHEST)) * (HEIGHT - TOP - BOTTOM)
  const grid = [1, 2, 4, 8, 16, HIGHEST].map(
    (times) =>
      `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(times)}" y2="${y(times)}" stroke="#8884"/>` +
      `<text x="${LEFT - 8}" y="${y(times) + 4}" text-anchor="end">${times} ×</text>`,
  )
  const sizes = SIZES.map(
    (bytes, i) => `<text x="${x(i)}" y="${HEIGHT - 14}" text-anchor="middle">${nameOfSize(bytes)}</text>`,
  )
  const curves = ["ours", ...PEERS].map((name) => {
    const points = SIZES.map((bytes, i) => {
      const { median } = compare(workerd[bytes]!, `${name}/refuse`, "floor/native")
      return { x: x(i), y: y(Math.min(median, HIGHEST)) }
    })
    return { name, colour: COLOURS[name]!, points, end: points.at(-1)!.y }
  })
  const lines = curves.map(({ name, colour, points }) => {
    const path = points.map((point) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`).join(" ")
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${name === "ours" ? 3 : 1.5}"/>`
  })
  // From the top down, each below the one before, where two curves end together.
  let above = 0
  const labels = curves
    .toSorted((a, b) => a.end - b.end)
    .map(({ name, colour, end }) => {
      above = Math.max(end + 4, above + LABEL_HEIGHT)
      const label = name === "ours" ? "Countersign" : name
      return `<text x="${x(SIZES.length - 1) + 8}" y="${above.toFixed(1)}" fill="${colour}">${label}</text>`
    })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="14">Refusing a forged delivery in workerd: CPU time ÷ a bare native HMAC, by the size of the body</text>`,
    ...grid,
    ...sizes,
    ...lines,
    ...labels,
    "</svg>",
    "",
  ].join("\n")
}
