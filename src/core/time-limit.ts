/**
 * Awaits a piece of work for at most `ms` milliseconds, then returns what `onTimeUp` returns. The work itself goes on; its
 * later result is ignored.
 */
export async function withTimeLimit<Value>(work: Promise<Value>, ms: number, onTimeUp: () => Value): Promise<Value> {
  let ring: (() => void) | undefined
  const timeUp = new Promise<void>((resolve) => {
    ring = resolve
  })
  const timer = setTimeout(() => ring?.(), ms)
  try {
    return await Promise.race([work, timeUp.then(onTimeUp)])
  } finally {
    clearTimeout(timer)
  }
}
