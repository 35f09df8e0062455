#!/usr/bin/env node
import { buffer } from "node:stream/consumers"
import { run } from "./program.ts"

process.exitCode = await run(process.argv.slice(2), {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  readStdin: async () => new Uint8Array(await buffer(process.stdin)),
  env: process.env,
  cwd: process.cwd(),
  fetch: globalThis.fetch,
  clock: Date.now,
})
