import type { Command } from "commander"
import { explain } from "../../explain/explain.ts"
import { readDelivery, readHeaders, withDelivery, withHeaders, type DeliveryOptions } from "../delivery.ts"
import { EXIT, type Context } from "../io.ts"
import { printCauses } from "../verdict.ts"

/** `countersign explain`: why a delivery is refused. */
export const addExplain = (program: Command, { io, exit }: Context): void => {
  withHeaders(withDelivery(program.command("explain")))
    .summary("say why a delivery is refused, and what to do")
    .description(
      "Says why a delivery is refused, the most likely cause first. A cause is certain only if the delivery verifies without it. Exits 0 if the delivery is valid, 1 if not.",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ countersign explain --secret-env WEBHOOK_SECRET --headers headers.txt --body body.json
  $ countersign explain -p stripe --secret-file s.txt -H headers.txt --json < body.json`,
    )
    .action(async (options: DeliveryOptions) => {
      const { provider, secret, body, target, now } = await readDelivery(options, io)
      const headers = await readHeaders(options, io)
      const result = await explain(body, headers, { provider, secrets: toTexts(secret), now, ...target })
      if (options.json) io.out(JSON.stringify(result))
      else if (result.ok) io.out("The signature and the time are right.")
      else {
        const { code, reason } = result.error
        io.out(`Refused: ${code}${reason ? ` (${reason})` : ""}`)
        printCauses(result.causes, io)
      }
      exit(result.ok ? EXIT.ok : EXIT.invalid)
    })
}

/** Several secrets in one text, each as it stands: what is wrong with one is what is to be found. */
const toTexts = (text: string): readonly string[] =>
  /-----BEGIN |^\s*[{[]/.test(text) || !/[,\n]/.test(text) ? [text] : text.split(/[,\n]/)
