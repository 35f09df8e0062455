/** What a call throws, or undefined if it returns: for tests that check its class and that its message shows no secret. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
