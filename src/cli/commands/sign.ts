import { randomUUID } from "node:crypto"
import { Option, type Command } from "commander"
import { createHeaderLookup } from "../../http/headers.ts"
import { signWebhook } from "../../index.ts"
import { readDelivery, readHeaders, toSecrets, withDelivery, type DeliveryOptions } from "../delivery.ts"
import { EXIT, type Context } from "../io.ts"

/** Quotes a word for a POSIX shell. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** `countersign sign`: the headers that a provider would send with a body. */
export const addSign = (program: Command, { io, exit }: Context): void => {
  withDelivery(program.command("sign"))
    .summary("print the headers that a provider would send with a body")
    .description("Signs a body as a provider does, and prints the headers to send with it.")
    .option("-H, --headers <file>", "other headers that the provider signs, as its id: JSON or raw lines")
    .addOption(new Option("--format <format>", "how to print them").choices(["raw", "curl", "json"]).default("raw"))
    .addHelpText(
      "after",
      `
Examples:
  $ printf '{"id":"evt_1"}' | countersign sign --secret-env WEBHOOK_SECRET
  $ countersign sign --provider stripe --secret-file secret.txt --body event.json --format curl`,
    )
    .action(async (options: DeliveryOptions & { readonly format: "json" | "curl" | "raw" }) => {
      const { provider, secret, body, target, now } = await readDelivery(options, io)
      const headers: Record<string, string> = options.headers ? Object.fromEntries(await readHeaders(options, io)) : {}
      const { idHeader } = provider.layout ?? {}
      if (idHeader && createHeaderLookup(headers)(idHeader.toLowerCase()) === "")
        headers[idHeader] = `msg_${randomUUID()}`
      const signed = signWebhook(body, { provider, secrets: toSecrets(secret, provider), now, target, headers })
      if (options.json || options.format === "json") io.out(JSON.stringify(signed))
      else {
        for (const [name, value] of Object.entries(signed)) {
          io.out(options.format === "curl" ? `-H ${quote(`${name}: ${value}`)}` : `${name}: ${value}`)
        }
      }
      exit(EXIT.ok)
    })
}
