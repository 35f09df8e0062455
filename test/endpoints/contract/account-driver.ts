import type { Account, AccountAnswer, AccountRequest, AccountResult, Command } from "../../../src/endpoints/account.ts"
import type { EndpointFields, EndpointView } from "../../../src/endpoints/endpoint.ts"
import { NOW_MS, type Table } from "../../support/partner.ts"

/** One account with nothing in it yet, and what the port does not show of it. */
export interface AccountFixture {
  readonly account: Account
  /** Sets the account's clock, in milliseconds since 1970; every test begins at `NOW_MS`. */
  setTime(ms: number): void
  /** Puts the account away, as the platform does when it is idle. */
  sleep(): Promise<void>
  /** From now on no row can be added to a table. */
  breakTable(table: Table): Promise<void>
  /** How many idempotency records there are, expired ones included. */
  countAnswers(): Promise<number>
}

export const DAY_MS = 86_400_000

export const FIELDS: EndpointFields = {
  url: "https://example.com/hooks",
  enabled_events: ["payment.*"],
  description: null,
  api_version: null,
  metadata: {},
}

export const create = (fields: Partial<EndpointFields> = {}): Command => ({
  kind: "create",
  fields: { ...FIELDS, ...fields },
})
export const list = (limit = 20, cursor?: number): Command => ({ kind: "list", limit, cursor })
export const show = (id: string): Command => ({ kind: "show", id })
export const disable = (id: string): Command => ({ kind: "update", id, patch: { status: "disabled" } })
export const remove = (id: string): Command => ({ kind: "delete", id })
export const rotate = (id: string, overlapSeconds = 86_400): Command => ({ kind: "rotate", id, overlapSeconds })

type Changes = Partial<Omit<AccountRequest, "wanted">>

/** An idempotency key as the routes hand it on; the hash only has to differ. */
export const once = (key: string, body = "same"): Changes => ({
  idempotency: { scope: `test POST /partner/v1/webhook_endpoints ${key}`, bodyHash: body },
})

/** `code` and `param` of a failure, `201` or `200` of an endpoint, or the kind of what was done. */
export function verdict({ result }: AccountAnswer): string {
  if (result.kind === "failed") return [result.failure.code, result.failure.param].filter(Boolean).join(" ")
  return result.kind === "endpoint" ? `${result.status}${result.replayed ? " replayed" : ""}` : result.kind
}

export function viewOf({ result }: AccountAnswer): EndpointView {
  if (result.kind !== "endpoint") throw new Error(`no endpoint but ${JSON.stringify(result)}`)
  return result.view
}

export function pageOf({ result }: AccountAnswer): Extract<AccountResult, { kind: "page" }> {
  if (result.kind !== "page") throw new Error(`no page but ${JSON.stringify(result)}`)
  return result
}

export const idsOf = (answer: AccountAnswer): readonly string[] => pageOf(answer).views.map(({ id }) => id)

/** An account with a clock, as one partner uses it. */
export interface Driver extends AccountFixture {
  now(): number
  pass(ms: number): void
  /** One request of the clock's moment, in test mode unless changed. */
  send(wanted: AccountRequest["wanted"], changes?: Changes): Promise<AccountAnswer>
  /** One command, and a tenth of a second, so that the rate limit stays out of it. */
  run(command: Command, changes?: Changes): Promise<AccountAnswer>
  /** A new endpoint. */
  made(changes?: Changes, fields?: Partial<EndpointFields>): Promise<EndpointView>
  /** 20 new endpoints, the oldest first. */
  fill(livemode: boolean): Promise<readonly string[]>
  /** The secrets that sign for an endpoint of test mode; undefined if it is no target. */
  secretsOf(id: string, at?: number): Promise<readonly string[] | undefined>
}

export function createDriver(fixture: AccountFixture): Driver {
  const { account } = fixture
  let now = NOW_MS
  fixture.setTime(now)
  const driver: Driver = {
    ...fixture,
    now: () => now,
    pass(ms) {
      now += ms
      fixture.setTime(now)
    },
    send: async (wanted, changes) =>
      await account.handle({ credentialId: "key_a", livemode: false, idempotency: undefined, wanted, ...changes }),
    async run(command, changes) {
      const answer = await driver.send({ ok: true, command }, changes)
      driver.pass(100)
      return answer
    },
    made: async (changes, fields) => viewOf(await driver.run(create(fields), changes)),
    async fill(livemode) {
      const ids: string[] = []
      while (ids.length < 20) ids.push((await driver.made({ livemode })).id)
      return ids
    },
    async secretsOf(id, at = now) {
      fixture.setTime(at)
      const targets = await account.targets("payment.settled", false)
      fixture.setTime(now)
      return targets.find((target) => target.id === id)?.secrets
    },
  }
  return driver
}
