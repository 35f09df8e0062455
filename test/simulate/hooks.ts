import { registerHooks } from "node:module"

/** One change of a source file, by which the simulation must fail. */
export interface Patch {
  /** Relative to src. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

const CLOUDFLARE = `data:text/javascript,${encodeURIComponent(
  "export class DurableObject { constructor(ctx, env) { this.ctx = ctx; this.env = env } }",
)}`
const SRC = new URL("../../src/", import.meta.url).href

/**
 * Lets Node load the object's real class: the platform's module is a base class, and sources can be patched on the way.
 * Call it before anything of src is imported. Returns the patches that have not been applied so far.
 */
export function hookModules(patches: readonly Patch[]): Set<Patch> {
  const left = new Set(patches)
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "cloudflare:workers"
        ? { url: CLOUDFLARE, format: "module", shortCircuit: true }
        : next(specifier, context),
    load(url, context, next) {
      const loaded = next(url, context)
      const wanted = patches.filter(({ file }) => url === SRC + file)
      if (wanted.length === 0) return loaded
      let source = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source)
      for (const patch of wanted) {
        const parts = source.split(patch.find)
        if (parts.length !== 2)
          throw new Error(`the sabotage of ${patch.file} fits ${parts.length - 1} times: ${patch.find}`)
        source = parts.join(patch.replace)
        left.delete(patch)
      }
      return { ...loaded, source }
    },
  })
  return left
}
