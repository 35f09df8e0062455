// Catches an export that slips into the package, or out of it: each is a promise to whoever imports it.

import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { OWN_SOURCES, packageOf, SOURCES, type Source } from "./support/sources.ts"

const ROOT = join(import.meta.dirname, "..")

interface Entry {
  /** Of its file in src. */
  readonly name: string
  readonly values: string
  readonly types: string
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  ".": {
    name: "index",
    values: `CATALOGUE WebhookError checkSignature checkWebhook classifyError createVerifier credicorp parseSecrets
      signWebhook verifyWebhook`,
    types: `AnyEvent AnyProvider AnyProviderEvent Assurance AssuranceOf BodyInput CatalogueEntry CheckResult CheckedSecret
      Claim Covers Credicorp DeliveryArguments DeliveryTarget ErrorClass ErrorCode ErrorType EventFrom EventPayloads
      EventSchemas EventSource HandshakeAnswer HandshakeRequest HandshakeRule HandshakeTools HashEngine HeaderLookup HeadersInput HmacLayout ParseSecretsOptions SecretFormat
      KeyMaterial OtherEvent PayloadOf PreparedKey Proven Provider ProviderEvent Refusal Refused Scheme Secret
      SecretsInput SignOptions SignatureReason SignatureResult Signer StandardSchema StatusOf Undeclared Verified
      Verifier VerifyOptions WebhookEvent`,
  },
  "./hono": {
    name: "hono",
    values: "webhook",
    types: "SecretsBinding SecretsFound SecretsSource Undeclared WebhookOptions WebhookVariables",
  },
  "./endpoints": {
    name: "endpoints",
    values: "checkEnabledEvents checkEndpointUrl",
    types:
      "EnabledEventsError EnabledEventsReason EndpointUrlError EndpointUrlOptions EndpointUrlReason HostReason Result",
  },
  "./explain": {
    name: "explain",
    values: "explain",
    types: "Cause CauseCode Confidence ExplainOptions ExplainedSecret Explanation OtherSource",
  },
  "./providers": {
    name: "providers",
    values: `ably adcp adyen adyenPlatform aftership aftershipReturns aftershipShipping airwallex alchemy amazonSns
    anthropic appwrite asana ashby autosend bigcommerce bigcommerceToken bland blockfrost bolt box boxyhq
    braintree brevo btcpay buildkite buildkiteToken calCom cashfree castle chargebee checkoutCom checkr chip
    circleci clerk clickup cloudconvert cloudEventsWebhook cloudinary coinbaseCommerce coinify commerceLayer
    configcat contentful credicorp cronofy cursor d4sign datadog datasaur deel deepgram discord discourse
    docusign dodoPayments dropbox dropboxSign dub duffel dwolla dyte easypost ebay editframe elevenLabs expoEas
    figma fillout finch fireblocksLegacy fizzy fourthwall fourthwallApps front frontRule fusionauth gemini
    getStream ghost gitbook gitea github githubSha1 gitlab gocardless grafana helpScout hmacScheme hook0
    hookdeck httpMessageSignatures hubspot hubspotV1 hubspotV2 huggingFace increase integratedFinance intercom
    iron kick knock kontentAi lago lagoHmac launchdarkly leaf lemonSqueezy line linear lithic livekit logto
    lusha mailgun mandrill mercadoPago messageBird messageBirdClassic meta microsoftGraph microsoftTeams
    mixpanel modernTreasury mollie monday moneybird mongodbAtlas mux nango newRelic notion npm nuvemshop nylas
    okta onfleet openai openNode oracleCommerce orb outpost paddle pagerduty pandadoc payMongo paypal paystack
    perryWeather persona plaid plain plivo plivoV2 polar postmark postSyncer preludeSession prolific pusher
    qstash quickbooks quo quoLegacy razorpay readme recurly render replicate resend retell revenueCat revolut
    rewardful rivo rootly rupt sanity segment sendbird sendgrid sentry shippo shopify shopware sift siftSha256
    signable signatureApi signWell sinch sinchNumbers sinchVoice slack smileId snyk sonarQube sparkPost square
    squarespace standardWebhooks standardWebhooksAsymmetric strava streak strike stripe supabase surge svix
    talkJs tebex telegram telnyx terra terraform ticketTailor tiktok todoist tolgee trello trueLayer twilio
    twitch typeform unit uPayments uploadcare vercel viber videoAsk vonage webex webflow webSub wechatPay whop
    wise wistia wooCommerce workos worldlineConnect x xaman xendit xero xobni yousign zapier zavu zendesk
    zettle zohoPayments zoom`,
    types: "HmacSchemeOptions",
  },
  "./testing": {
    name: "testing",
    values: "SAMPLE_TYPES conformance faults sampleEvent signedRequest",
    types: "CaseResult ConformanceOptions DeliveryOptions EventInput Fault FaultOptions Faults MalformedWay",
  },
  "./worker": {
    name: "worker",
    values: "Account GiveUp Inbox RetryLater createReceiver defineHandlers defineSource defineSources",
    types: `BindingText ClosedHandlers EventPayloads EventSchemas Handler HandlerContext HandlerRunsClass Handlers HandlersOf HandlerSet
      LimitedHandler PayloadOf ProviderHandlers Receiver Source SourceDefinition SourceOptions SourceSet StandardSchema
      WebhookEvent WorkerBindings`,
  },
}

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).toSorted()

/** What a file exports, in lists and where it is declared. Read from the text: the objects need their platform to load. */
function exportsOf(source: string): Readonly<Record<"values" | "types", readonly string[]>> {
  const found = { values: [] as string[], types: [] as string[] }
  for (const [, all, list] of source.matchAll(/^export (type )?\{([^}]*)\}/gm)) {
    for (const [, marked, name] of list!.matchAll(/(type )?(\w+)/g))
      found[all || marked ? "types" : "values"].push(name!)
  }
  for (const [, kind, name] of source.matchAll(/^export (interface|type|function|const|class) (\w+)/gm)) {
    found[kind === "interface" || kind === "type" ? "types" : "values"].push(name!)
  }
  return { values: found.values.toSorted(), types: found.types.toSorted() }
}

const { exports, dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  dependencies: Readonly<Record<string, string>>
  peerDependencies: Readonly<Record<string, string>>
}

it("the package has these entries", () => {
  expect(Object.keys(exports).toSorted()).toEqual([...Object.keys(ENTRIES), "./package.json"].toSorted())
})

/** The texts of another project's files, imports among them. */
const TEMPLATES = "cli/init-files.ts"

const importedBy = (sources: readonly Source[]): ReadonlySet<string> =>
  new Set(
    sources
      .filter(({ path }) => path !== TEMPLATES)
      .flatMap(({ imports }) => imports.flatMap((target) => packageOf(target) ?? [])),
  )

it("the package asks for what it imports, and nothing else", () => {
  const asked = [...Object.keys(dependencies), ...Object.keys(peerDependencies)]
  expect([...importedBy(OWN_SOURCES)].filter((name) => !asked.includes(name))).toEqual([])
  // A user's handlers may import packages of the user's.
  const imported = importedBy(SOURCES)
  expect(asked.filter((name) => !imported.has(name))).toEqual([])
  expect(Object.keys(peerDependencies)).toEqual(["hono"])
})

describe.each(Object.entries(ENTRIES))("%s", (entry, { name, values, types }) => {
  it("is one file, with its types", () => {
    expect(exports[entry]).toEqual({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` })
  })

  it("exports these names and no others", () => {
    // A family of providers is exported whole: each of its exports is then a name of the entry, and must be listed here.
    const source = readFileSync(join(ROOT, "src", `${name}.ts`), "utf8").replaceAll(
      /^export \* from "(\.\/providers\/[\w-]+\.ts)"$/gm,
      (_, family: string) => readFileSync(join(ROOT, "src", family), "utf8"),
    )
    expect(source).not.toMatch(/^export (?:default|\*)/m)
    expect(exportsOf(source)).toEqual({ values: wordsOf(values), types: wordsOf(types) })
  })
})

describe("doc comments", () => {
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(join(ROOT, "src", path), "utf8"))
  const names = Object.values(ENTRIES).flatMap(({ values, types }) => [values, types].flatMap(wordsOf))

  /** Whether a doc comment stands right before the declaration. */
  const isDocumented = (name: string): boolean =>
    sources.some((text) =>
      new RegExp(String.raw`\*\/\nexport (?:const|(?:async )?function|class|interface|type) ${name}\b`).test(text),
    )

  it("every exported name has one", () => {
    expect([...new Set(names)].filter((name) => !isDocumented(name))).toEqual([])
  })
})

// An encoder was created when the module was loaded: the import itself failed where there is none, as in jsdom.
// countersign/providers is not among them: the kept JWT library creates an encoder when it is loaded.
it("every entry but providers loads where there are no globals of the web", () => {
  const globals = [
    "TextEncoder",
    "TextDecoder",
    "Headers",
    "Request",
    "Response",
    "crypto",
    "fetch",
    "URL",
    "atob",
    "btoa",
  ]
  const lose = globals.map((name) => `delete globalThis.${name}`)
  const load = ["index", "explain", "endpoints", "testing", "hono"].map((name) => `await import("./src/${name}.ts")`)
  const code = [...lose, ...load, `process.stdout.write("loaded")`].join("\n")
  // In a process of its own, because the loader of the tests needs these globals.
  const options = { cwd: ROOT, encoding: "utf8" } as const
  expect(execFileSync(process.execPath, ["--input-type=module", "--eval", code], options)).toBe("loaded")
})

it("engines say from which Node on the package can be loaded by require() as well", () => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { engines: { node: string } }
  expect(engines.node).toBe(">=20.19")
})
