import type { Command } from "commander"
import { createVerifier } from "../../index.ts"
import { WebhookError } from "../../errors/webhook-error.ts"
import { readDelivery, readHeaders, toSecrets, withDelivery, withHeaders, type DeliveryOptions } from "../delivery.ts"
import { EXIT, type Context } from "../io.ts"

/** `countersign verify`: whether signature and time of a delivery are right. */
export const addVerify = (program: Command, { io, exit }: Context): void => {
  withHeaders(withDelivery(program.command("verify")))
    .summary("verify the signature and the time of a delivery")
    .description("Verifies signature and time of a delivery. Exits 0 if it is valid, 1 if not.")
    .option("--event", "check the event, too: its format and its required fields")
    .addHelpText(
      "after",
      `
Examples:
  $ countersign verify --secret-env WEBHOOK_SECRET --headers headers.txt --body body.json
  $ countersign verify -p github --secret-file s.txt -H headers.json --json < body.json`,
    )
    .action(async (options: DeliveryOptions & { readonly event?: boolean }) => {
      const { provider, secret, body, target, now } = await readDelivery(options, io)
      const headers = await readHeaders(options, io)
      const verifier = createVerifier({
        provider,
        secrets: toSecrets(secret, provider),
        now,
        maxBodyBytes: Math.max(1, body.length),
      })
      const delivery = [body, headers, target] as const
      const result = options.event
        ? await verifier.checkAsync(...delivery)
        : await verifier.checkSignatureAsync(...delivery)
      if (result.ok) {
        const { secretId, signedAt, covers, assurance } = result
        const { event } = result as { readonly event?: { readonly id?: string; readonly type?: string } }
        io.out(
          options.json
            ? JSON.stringify({
                ok: true,
                secretId,
                signedAt,
                covers,
                assurance,
                event: event && { id: event.id, type: event.type },
              })
            : `${assurance}: signed with ${secretId}${signedAt === undefined ? "" : `, ${now - signedAt} s ago`}`,
        )
        return exit(EXIT.ok)
      }
      if (options.json) io.out(JSON.stringify({ ok: false, error: result.error }))
      else {
        io.err(`invalid: ${new WebhookError(result.error).message}`)
        io.err("`countersign explain` with the same options says why.")
      }
      exit(EXIT.invalid)
    })
}
