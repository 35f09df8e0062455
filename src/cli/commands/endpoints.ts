import type { Command } from "commander"
import type { EndpointView } from "../../endpoints/endpoint.ts"
import { PARTNER_OPERATIONS } from "../../endpoints/operations.ts"
import type { Context, Io } from "../io.ts"
import { addOperations } from "../operation-commands.ts"
import { printTable } from "../print.ts"
import { printMore } from "../print-value.ts"
import type { Refusal } from "../server.ts"

interface EndpointPage {
  readonly data: readonly EndpointView[]
  readonly next_cursor?: string | null
}

/** Prints a list of endpoints: the fields that tell one from another. */
export function printEndpoints({ data, next_cursor }: EndpointPage, io: Io): void {
  const rows = data.map(({ id, status, url, enabled_events }) => [id, status, url, enabled_events.join(",")])
  if (rows.length > 0) printTable(io, ["id", "status", "url", "events"], rows)
  else io.out("no endpoints")
  if (next_cursor) printMore(next_cursor, io)
}

async function advise({ code }: Refusal): Promise<string | undefined> {
  if (code === "route_not_found") return "The registry of endpoints is off. Set PARTNER_API_KEYS for the Worker."
  if (code === "invalid_api_key")
    return "That Worker does not know this PARTNER_API_KEY. The one in .dev.vars is for the Worker on this machine; export the other one."
  if (code === "resource_not_found") return "There is no such endpoint. `countersign endpoints list` lists them."
  return undefined
}

/** `countersign endpoints`: the registry of endpoints, as one account sees it. */
export const addEndpoints = (program: Command, context: Context): void => {
  const endpoints = program
    .command("endpoints")
    .summary("create, list, show, update, rotate, delete endpoints of an account")
    .description(
      "Works on the registry of webhook endpoints, as one account sees it. The credential is PARTNER_API_KEY, from the environment or .dev.vars.",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ countersign endpoints create https://example.com/hooks --enabled-events 'payment.*,decision.completed'
  $ countersign endpoints update whend_0uP3mD8s --status disabled
  $ countersign endpoints rotate whend_0uP3mD8s --overlap-seconds 0`,
    )
  addOperations(endpoints, context, {
    operations: PARTNER_OPERATIONS,
    credential: "PARTNER_API_KEY",
    views: { "endpoints.list": printEndpoints },
    advise,
  })
}
