import type { Command } from "commander"
import type { AnyProvider } from "../../providers/provider.ts"
import { findProvider, PROVIDERS } from "../delivery.ts"
import { EXIT, type Context } from "../io.ts"

const coveredBy = ({ covers }: AnyProvider): string =>
  Object.entries(covers)
    .filter(([, covered]) => covered)
    .map(([part]) => part)
    .join(", ") || "nothing"

/** `countersign providers`: who can be verified. */
export const addProviders = (program: Command, { io, exit }: Context): void => {
  program
    .command("providers")
    .argument("[name]", "one provider")
    .summary("list the providers, or show how one signs")
    .description("Lists the providers that can be verified, or shows how one signs.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  $ countersign providers\n  $ countersign providers stripe")
    .action((name: string | undefined, options: { readonly json?: boolean }) => {
      const shown = name === undefined ? [...PROVIDERS.values()] : [findProvider(name)]
      const views = shown
        .map((provider) => {
          const { signatureHeader, summary, covers, assurance, toleranceSeconds, docs } = provider
          return { name: provider.name, header: signatureHeader, summary, covers, assurance, toleranceSeconds, docs }
        })
        .toSorted((a, b) => a.name.localeCompare(b.name))
      if (options.json) io.out(JSON.stringify(name === undefined ? views : views[0]))
      else if (name === undefined) {
        for (const view of views) io.out(`${view.name.padEnd(28)}  ${view.header || "in the body"}`)
      } else {
        const [view] = views
        io.out(`${view!.name}  ${view!.assurance}`)
        io.out(`Header     ${view!.header || "none: the signature is in the body"}`)
        io.out(`Signature  ${view!.summary}`)
        io.out(`Covers     ${coveredBy(shown[0]!)}`)
        io.out(`Tolerance  ${view!.covers.time ? `${view!.toleranceSeconds ?? 300} s` : "none: no time is signed"}`)
        io.out(`Docs       ${view!.docs}`)
      }
      exit(EXIT.ok)
    })
}
