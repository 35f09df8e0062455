import { vi } from "vitest"

/** Far longer than anything takes on an idle machine: it ends a test that waits for something that never happens. */
const TIMEOUT_MS = 20_000

/** Runs a check again and again until it passes. On a loaded machine it waits longer, and fails no sooner. */
export const eventually = async <Value>(check: () => Value | Promise<Value>): Promise<Value> =>
  await vi.waitFor(check, { timeout: TIMEOUT_MS, interval: 5 })
