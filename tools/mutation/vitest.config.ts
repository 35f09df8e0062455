import { defineConfig } from "vitest/config"

/** What holds `verify/` and `endpoints/rules/`, in Node. Vectors of other projects are left out: they are not the tables' own. */
export default defineConfig({
  test: {
    include: ["test/{verify,providers,endpoints/rules}/**/*.test.ts", "test/peers-bugs.test.ts"],
    exclude: ["test/**/*.workerd.test.ts", "test/**/*.fuzz.test.ts"],
    provide: { vectors: {} },
    testTimeout: 30_000,
  },
})
