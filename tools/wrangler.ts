// Runs wrangler without requests that nobody asked for: telemetry, the check for a newer version, and the download of sample
// request metadata.

import { spawn } from "node:child_process"

export function runWrangler(args: readonly string[]): void {
  const wrangler = spawn("wrangler", args, {
    stdio: "inherit",
    shell: process.platform === "win32",
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  })
  // Ctrl-C reaches wrangler directly. A signal to this process alone would not, so it is passed on.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => wrangler.kill(signal))
  wrangler.on("error", (error) => {
    console.error(`wrangler did not start (${error.message}): run "npm ci" first, and use the npm script.`)
    process.exitCode = 1
  })
  wrangler.on("exit", (code, signal) => {
    process.exitCode = signal ? 0 : (code ?? 1)
  })
}

if (import.meta.main) runWrangler(process.argv.slice(2))
