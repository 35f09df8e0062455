import { MinimalReporter, type TestModule } from "vitest/node"

/** Prints failures, then each skipped test by its title, which says why it was skipped, then the totals. */
export class QuietReporter extends MinimalReporter {
  override onTestRunEnd(...ended: Parameters<MinimalReporter["onTestRunEnd"]>): void {
    for (const title of skippedIn(ended[0])) this.log(` skipped: ${title}`)
    super.onTestRunEnd(...ended)
  }
}

/** The titles of skipped tests, each once, however many projects have it. A `-t` pattern skips on purpose: none then. */
function skippedIn(modules: readonly TestModule[]): ReadonlySet<string> {
  const titles = new Set<string>()
  for (const module of modules) {
    if (module.project.config.testNamePattern) continue
    for (const test of module.children.allTests("skipped")) titles.add(`${module.relativeModuleId}: ${test.name}`)
  }
  return titles
}
