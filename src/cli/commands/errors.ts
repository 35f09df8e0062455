import type { Command } from "commander"
import { REFERENCE } from "../../app/reference/reference.ts"
import { CATALOGUE, type ErrorCode } from "../../errors/catalogue.ts"
import { nearest } from "../delivery.ts"
import { EXIT, UsageError, type Context } from "../io.ts"

/** `countersign errors`: the catalogue of 40 codes. */
export const addErrors = (program: Command, { io, exit }: Context): void => {
  program
    .command("errors")
    .argument("[code]", "one code")
    .summary("list the error codes, or say what one means and what to do")
    .description("Lists the 40 error codes of the catalogue, or says of one when it occurs and what to do.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  $ countersign errors webhook_signature_invalid")
    .action((code: string | undefined, options: { readonly json?: boolean }) => {
      if (code === undefined) {
        const rows = Object.entries(CATALOGUE)
        if (options.json)
          io.out(JSON.stringify(rows.map(([name, { status, meaning }]) => ({ code: name, status, meaning }))))
        else for (const [name, { status, meaning }] of rows) io.out(`${status}  ${name.padEnd(28)}  ${meaning}`)
        return exit(EXIT.ok)
      }
      if (!Object.hasOwn(CATALOGUE, code)) {
        const near = nearest(code, Object.keys(CATALOGUE))
        throw new UsageError(
          `There is no such code.${near ? ` Did you mean ${near}?` : ""} \`countersign errors\` lists all 40.`,
        )
      }
      const { status, type, meaning } = CATALOGUE[code as ErrorCode]
      const { when, sender, receiver } = REFERENCE[code as ErrorCode]
      if (options.json) io.out(JSON.stringify({ code, status, type, meaning, when, sender, receiver }))
      else {
        io.out(`${code}  ${status} ${type}\n\n${meaning}\n\nWhen: ${when}\nIf you sent the request: ${sender}`)
        if (receiver) io.out(`If you run the server: ${receiver}`)
      }
      exit(EXIT.ok)
    })
}
