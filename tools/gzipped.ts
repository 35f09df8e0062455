import { spawnSync } from "node:child_process"

/** Bytes as `gzip -9` makes them. Node's own zlib trades a percent or two of size for speed, and would be another measure. */
export function gzippedBytes(code: Uint8Array | string): number {
  const { stdout, error } = spawnSync("gzip", ["-9", "-c"], { input: code })
  if (error) throw new Error("sizes are measured with gzip, and this machine has none", { cause: error })
  return stdout.length
}
