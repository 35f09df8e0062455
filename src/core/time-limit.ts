/**
 * What a piece of work comes to, or what `onTimeUp` does if it takes longer. The work itself is not ended by that; what
 * it comes to later is ignored.
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
