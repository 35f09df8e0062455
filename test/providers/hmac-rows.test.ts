// Every HMAC provider against a delivery that is signed with node:crypto from a description of its own.

import { createHmac } from "node:crypto"
import { describe, expect, it } from "vitest"
import { NOW } from "../support/delivery.ts"
import { DESCRIPTIONS, type Description } from "./descriptions.ts"
import { check, METHOD, providerOf, refusalsOf, URL_OF_ALL, type Genuine } from "./refusals.ts"

const BYTES = Buffer.from("0123456789abcdef0123456789abcdef")

/** A secret's text and the bytes that it stands for. */
function keyOf(format: string, bytes: Buffer): readonly [text: string, key: Buffer] {
  const [kind, prefix = ""] = format.split(":")
  if (kind === "base64") return [prefix + bytes.toString("base64"), bytes]
  if (kind === "hex") return [bytes.toString("hex"), bytes]
  const text = kind === "no-hyphen" ? `4-${bytes.toString("hex")}-9` : `s_${bytes.toString("hex")}`
  return [text, Buffer.from(kind === "no-hyphen" ? text.replace("-", "") : text)]
}

const timeOf = (unit: string): string => {
  const iso = new Date(NOW * 1000).toISOString()
  return unit === "ms" ? `${NOW}123` : unit === "iso" ? iso : unit === "iso-bare" ? iso.slice(0, -1) : String(NOW)
}

const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{([a-z])\}/g, (whole, name: string) => values[name] ?? whole)

/** A genuine delivery; `hash` signs with another hash, which must be refused. */
function deliveryOf([name, how, signed, ...lines]: Description, otherHash?: string): Genuine {
  const [hash = "", encoding = "", format = "", unit = "", tolerance = "300"] = how.split(" ")
  const t = timeOf(unit)
  const given = lines.find((line) => line.startsWith("body: "))?.slice("body: ".length)
  const b = given === undefined ? '{"id":"evt_1","type":"thing.happened","note":"é $& \\u2028"}' : fill(given, { t })
  const [secret, key] = keyOf(format, BYTES)
  const mac = createHmac(otherHash ?? hash, key).update(fill(signed, { t, b, i: "msg_1", m: METHOD, u: URL_OF_ALL }))
  const s = encoding === "HEX" ? mac.digest("hex").toUpperCase() : mac.digest(encoding as "hex")
  const headers = lines
    .filter((line) => !line.startsWith("body: "))
    .map((line) => [line.slice(0, line.indexOf(": ")), fill(line.slice(line.indexOf(": ") + 2), { s, t })])
  return {
    provider: providerOf(name),
    secret,
    otherSecret: keyOf(format, Buffer.from(BYTES.toReversed()))[0],
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: b,
    now: NOW,
    signature: s,
    tolerance: unit === "-" ? 0 : Number(tolerance),
  }
}

const OTHER: Readonly<Record<string, string>> = { sha1: "sha256", sha256: "sha512", sha512: "sha256" }

describe.each(DESCRIPTIONS.map((description) => ({ name: description[0], description })))(
  "$name",
  ({ description }) => {
    const genuine = deliveryOf(description)

    it("takes what it describes, and says what is signed (spec 7.2)", async () => {
      expect(await check(genuine)).toBe("ok")
      const { covers } = genuine.provider
      const [, , signed] = description
      expect([covers.body, covers.url, covers.method]).toEqual(
        ["{b}", "{u}", "{m}"].map((token) => signed.includes(token)),
      )
      expect(covers.time).toBe(genuine.tolerance > 0)
    })

    it("refuses it with one thing changed", async () => {
      const refusals = refusalsOf(genuine)
      expect(refusals.length).toBeGreaterThanOrEqual(8)
      for (const { why, changed } of refusals) expect(`${why}: ${await check(changed)}`).not.toBe(`${why}: ok`)
    })

    it("refuses another hash under the same name, and two foreign signatures (spec 7.5)", async () => {
      const other = deliveryOf(description, OTHER[description[1].split(" ")[0]!])
      expect(await check(other)).not.toBe("ok")
      const foreign = deliveryOf(description)
      const wrong = foreign.signature.replaceAll(/[b-z0-9]/gi, "a")
      const doubled = `${wrong},${wrong}`
      const headers = Object.entries(foreign.headers).map(([header, value]) => [
        header,
        value.split(foreign.signature).join(doubled),
      ])
      expect(await check({ ...foreign, headers: Object.fromEntries(headers) as Record<string, string> })).not.toBe("ok")
    })

    it("is signed by signWebhook as node:crypto signs it", async () => {
      const { signWebhook } = await import("../../src/index.ts")
      const { provider, secret, body } = genuine
      const headers = signWebhook(body, {
        provider,
        secrets: [{ id: "key-1", secret, allowUnusual: true }],
        now: NOW,
        headers: genuine.headers,
        target: { method: METHOD, url: URL_OF_ALL },
      })
      const others = Object.entries(genuine.headers).filter(
        ([header]) => !Object.keys(headers).some((each) => each.toLowerCase() === header.toLowerCase()),
      )
      expect(await check({ ...genuine, headers: { ...Object.fromEntries(others), ...headers } })).toBe("ok")
    })
  },
)
