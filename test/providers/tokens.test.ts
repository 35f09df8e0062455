// Providers that show a token: authenticated, never verified, and the token must be whole.

import { describe, expect, it } from "vitest"
import * as providers from "../../src/providers.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { NOW } from "../support/delivery.ts"
import { check, providerOf, refusalsOf, type Genuine } from "./refusals.ts"

const TOKEN = "2b7e151628aed2a6abf7158809cf4f3c"
const OTHER = "3c4fcf098815f7aba6d2ae2816157e2b"

const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`

interface Row {
  readonly secret?: (token: string) => string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly url?: string
  readonly signature?: string
}

const inHeader = (name: string): Row => ({ headers: { [name]: TOKEN } })

const named: Row = { secret: (token) => `X-Api-Key: ${token}`, headers: { "x-api-key": TOKEN } }

const basicAuth: Row = {
  secret: (token) => `user:${token}`,
  headers: { Authorization: basic(`user:${TOKEN}`) },
  signature: basic(`user:${TOKEN}`).slice("Basic ".length),
}

const ROWS: Readonly<Record<string, Row>> = {
  bigcommerceToken: named,
  brevo: { secret: (token) => `Authorization: Bearer ${token}`, headers: { authorization: `Bearer ${TOKEN}` } },
  buildkiteToken: inHeader("X-Buildkite-Token"),
  chargebee: basicAuth,
  cloudEventsWebhook: { headers: { Authorization: `Bearer ${TOKEN}` } },
  datadog: named,
  deepgram: inHeader("dg-token"),
  figma: { body: JSON.stringify({ event_type: "PING", passcode: TOKEN }) },
  fillout: named,
  gitlab: inHeader("X-Gitlab-Token"),
  huggingFace: inHeader("X-Webhook-Secret"),
  microsoftGraph: { body: JSON.stringify({ value: [{ clientState: TOKEN }, { clientState: TOKEN }] }) },
  mixpanel: basicAuth,
  newRelic: named,
  okta: named,
  postmark: basicAuth,
  preludeSession: { url: `https://receiver.example/hook?token=${TOKEN}` },
  revenueCat: inHeader("Authorization"),
  sparkPost: basicAuth,
  strava: { url: `https://receiver.example/hook?a=1&token=${TOKEN}` },
  streak: inHeader("x-streak-webhook-token"),
  telegram: inHeader("X-Telegram-Bot-Api-Secret-Token"),
  videoAsk: named,
  xendit: inHeader("x-callback-token"),
  zapier: named,
}

const genuineOf = (name: string, row: Row): Genuine => {
  const { secret = (token: string) => token, headers = {}, body = '{"a":1}', url } = row
  const { signature = url === undefined ? TOKEN : "" } = row
  return {
    provider: providerOf(name),
    secret: secret(TOKEN),
    otherSecret: secret(OTHER),
    headers,
    body,
    ...(url !== undefined && { url }),
    now: NOW,
    signature,
    tolerance: 0,
  }
}

describe.each(Object.entries(ROWS))("%s", (name, row) => {
  const genuine = genuineOf(name, row)

  it("takes its token, as authenticated and not as verified", async () => {
    expect(await check(genuine)).toBe("ok")
    const { covers, assurance } = genuine.provider
    expect(assurance).toBe("authenticated")
    expect(Object.values(covers)).toEqual([false, false, false, false, false, false])
  })

  it("refuses everything else", async () => {
    const elsewhere =
      row.url === undefined
        ? []
        : [TOKEN.slice(1), OTHER, "", `${TOKEN}0`].map((token) => row.url!.replace(TOKEN, token))
    const refused = [
      ...refusalsOf(genuine).map(({ changed }) => changed),
      ...elsewhere.map((each) => genuineOf(name, { ...row, url: each })),
      { ...genuine, headers: {}, body: "{}", url: "https://receiver.example/" },
      {
        ...genuine,
        headers: Object.fromEntries(Object.keys(genuine.headers).map((key) => [key, ""])),
        body: "",
        url: "https://receiver.example/?token=",
      },
    ]
    expect(refused.length).toBeGreaterThanOrEqual(7)
    for (const changed of refused) expect(await check(changed)).not.toBe("ok")
  })
})

it("one element without the token spoils a batch (microsoftGraph)", async () => {
  const genuine = genuineOf("microsoftGraph", ROWS["microsoftGraph"]!)
  const bodies = [
    { value: [{ clientState: TOKEN }, { clientState: OTHER }] },
    { value: [{ clientState: TOKEN }, {}] },
    { value: [{ clientState: TOKEN }, { clientState: [TOKEN] }] },
    { value: [] },
    { value: { clientState: TOKEN } },
    [],
  ]
  for (const body of bodies) expect(await check({ ...genuine, body: JSON.stringify(body) })).not.toBe("ok")
})

it("every authenticated provider says so in the result", () => {
  const verifier = createVerifier({ provider: providers.gitlab, secrets: [TOKEN], now: NOW })
  const result = verifier.check("{}", { "X-Gitlab-Token": TOKEN })
  expect(result.ok && result.assurance).toBe("authenticated")
})

it("the table has every provider of tokens", () => {
  const all = Object.values(providers).filter(
    (each) => typeof each === "object" && each.summary.startsWith("shared token"),
  )
  expect(all.map((each) => (each as { name: string }).name).toSorted()).toEqual(Object.keys(ROWS).toSorted())
})
