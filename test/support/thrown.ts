/** What a call throws, or undefined if it returns: for tests that hold both its class and what its message must not show. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
