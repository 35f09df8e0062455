import { describe, inject, it } from "vitest"

declare module "vitest" {
  interface ProvidedContext {
    vectors: Record<string, readonly unknown[] | null>
  }
}

/**
 * Runs a table of cases from other projects' suites, which are in the folder of VECTORS_DIR, outside the project.
 * Without it there is one skipped test that says so.
 */
export function describeVectors<Case>(name: string, run: (cases: readonly Case[]) => void): void {
  const cases = inject("vectors")[name] as readonly Case[] | null
  describe(`vectors: ${name}.json`, () => {
    if (cases) run(cases)
    else it.skip(`${name}.json was not run: VECTORS_DIR does not name a folder that has it`, () => {})
  })
}
