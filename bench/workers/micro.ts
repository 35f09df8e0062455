// Runs contestants inside workerd, as often as the request says. The cost is measured from outside.

import { createHeaderGroup, createVerifyGroup, repeat, type Contestant } from "../contestants.ts"

let prepared: { readonly group: string; readonly contestants: readonly Contestant[] } | undefined

export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    const group = searchParams.get("group")
    if (group === null) return new Response("ready")
    if (prepared?.group !== group) {
      prepared = { group, contestants: group === "headers" ? createHeaderGroup() : createVerifyGroup(Number(group)) }
    }
    const id = searchParams.get("id")
    if (id === null) return Response.json(prepared.contestants.map((contestant) => contestant.id))
    await repeat(
      prepared.contestants.find((contestant) => contestant.id === id)!,
      Number(searchParams.get("times")),
    )
    return new Response("done")
  },
}
