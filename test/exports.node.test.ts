// Catches an export that slips into the package, or out of it: each is a promise to whoever imports it.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"

const ROOT = join(import.meta.dirname, "..")

interface Entry {
  readonly values: string
  readonly types: string
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  ".": {
    values: `CATALOGUE WebhookError checkSignature checkWebhook classifyError createVerifier credicorp parseSecrets
      signWebhook verifyWebhook`,
    types: `AnyEvent BodyInput CatalogueEntry CheckResult DeliveryTarget ErrorClass ErrorCode ErrorType EventPayloads
      EventSchemas HeadersInput OtherEvent PayloadOf Proven Scheme Secret SecretsInput SignOptions SignatureReason
      SignatureResult SignedParts StandardSchema StatusOf Verifier VerifyOptions WebhookEvent`,
  },
  "./hono": { values: "webhook", types: "SecretsSource WebhookOptions WebhookVariables" },
  "./endpoints": {
    values: "checkEnabledEvents checkEndpointUrl",
    types: "EnabledEventsError EnabledEventsReason EndpointUrlError EndpointUrlReason HostReason Result",
  },
  "./testing": {
    values: "SAMPLE_TYPES conformance faults sampleEvent signedRequest",
    types: "CaseResult ConformanceOptions DeliveryOptions EventInput Fault FaultOptions Faults MalformedWay",
  },
}

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).toSorted()

/** Names of types that a file exports, in lists and where they are declared. */
function typesOf(source: string): readonly string[] {
  const lists = [...source.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, all, list]) =>
    list!.split(",").flatMap((item) => {
      const [, marked, name] = /^\s*(type )?(\w+)\s*$/.exec(item) ?? []
      return name && (all || marked) ? [name] : []
    }),
  )
  const declared = [...source.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name!)
  return [...lists, ...declared].toSorted()
}

const { exports, dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  dependencies: Readonly<Record<string, string>>
  peerDependencies: Readonly<Record<string, string>>
}

it("the package has these entries", () => {
  expect(Object.keys(exports).toSorted()).toEqual([...Object.keys(ENTRIES), "./package.json"].toSorted())
})

it("the package asks for nothing else", () => {
  expect(Object.keys(dependencies).toSorted()).toEqual(["@noble/hashes", "ipaddr.js"])
  expect(Object.keys(peerDependencies)).toEqual(["hono"])
})

describe.each(Object.entries(ENTRIES))("%s", (entry, { values, types }) => {
  const name = entry === "." ? "index" : entry.slice(2)

  it("is one file, with its types", () => {
    expect(exports[entry]).toEqual({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` })
  })

  it("exports these values", async () => {
    const module = (await import(join(ROOT, "src", `${name}.ts`))) as object
    expect(Object.keys(module).toSorted()).toEqual(wordsOf(values))
  })

  it("exports these types", () => {
    expect(typesOf(readFileSync(join(ROOT, "src", `${name}.ts`), "utf8"))).toEqual(wordsOf(types))
  })
})
