#!/usr/bin/env node
import { buffer } from "node:stream/consumers"
import { run } from "./program.ts"

const { stdout, stderr } = process

// `countersign … | head` closes the pipe before everything is written.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error
})

process.exitCode = await run(process.argv.slice(2), {
  out: (line) => void stdout.write(`${line}\n`),
  err: (line) => void stderr.write(`${line}\n`),
  progress: (text) => {
    if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`)
  },
  readStdin: async () => new Uint8Array(await buffer(process.stdin)),
  // `hasColors` also reads NO_COLOR and FORCE_COLOR.
  colors: stdout.isTTY && stdout.hasColors(),
  interrupt() {
    const controller = new AbortController()
    process.once("SIGINT", () => controller.abort())
    return controller.signal
  },
  env: process.env,
  cwd: process.cwd(),
  fetch: globalThis.fetch,
  clock: Date.now,
})
