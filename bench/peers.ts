// The peers, each given its own form of the same delivery and used the way its documentation shows.

import { WebhookVerificationService } from "@hookflo/tern"
import { verify as octokitVerify } from "@octokit/webhooks-methods"
import { createHmac } from "node:crypto"
import { Webhook as StandardWebhook } from "standardwebhooks"
import { Stripe } from "stripe"
import { Webhook as SvixWebhook } from "svix"
import { forge, type Fixture } from "./fixture.ts"
import { createTernConfig } from "./tern-config.ts"

type Answer = boolean | Promise<boolean>

export interface Peer {
  readonly name: string
  /** What it does in the time that is measured, and what it does not. */
  readonly does: string
  /** The signature check alone, where it has one; the body in the form it is fastest with. */
  readonly check: (forged: boolean) => Answer
  /** From the bytes of the body to the parsed value. */
  readonly parse: () => Answer
}

const inWorkerd = navigator.userAgent === "Cloudflare-Workers"

const accepts = (verify: () => unknown): boolean => {
  try {
    verify()
    return true
  } catch {
    return false
  }
}

export const createPeers = (fixture: Fixture): readonly Peer[] => [
  createStandardWebhooks(fixture),
  createSvix(fixture),
  createStripe(fixture),
  createOctokit(fixture),
  createTern(fixture),
]

/** The three headers of the Standard Webhooks convention, which svix signs alike. */
export function standardHeaders({ secret, text, timeText }: Fixture, forged: boolean): Record<string, string> {
  const signature = new StandardWebhook(secret).sign("msg_1", new Date(Number(timeText) * 1000), text)
  // The last character of base64 is its padding.
  const made = forged ? `${forge(signature.slice(0, -1))}=` : signature
  return { "webhook-id": "msg_1", "webhook-timestamp": timeText, "webhook-signature": made }
}

const decoder = new TextDecoder()

function createStandardWebhooks(fixture: Fixture): Peer {
  const webhook = new StandardWebhook(fixture.secret)
  const [honest, forged] = [standardHeaders(fixture, false), standardHeaders(fixture, true)]
  const { body, text } = fixture
  return {
    name: "standardwebhooks",
    does: "SHA-256 in JavaScript, over id, time and body joined as text. Takes text or a Node Buffer. No limit on the header or its signatures.",
    check: (isForged) => accepts(() => webhook.verify(text, isForged ? forged : honest, { jsonParse: false })),
    parse: () => typeof webhook.verify(decoder.decode(body), honest) === "object",
  }
}

function createSvix(fixture: Fixture): Peer {
  const webhook = new SvixWebhook(fixture.secret)
  const [honest, forged] = [standardHeaders(fixture, false), standardHeaders(fixture, true)]
  const { body, text } = fixture
  return {
    name: "svix",
    does: "standardwebhooks behind names of its own; it does not parse, so `JSON.parse` stands beside it.",
    check: (isForged) => accepts(() => webhook.verify(text, isForged ? forged : honest)),
    parse: () => {
      const received = decoder.decode(body)
      webhook.verify(received, honest)
      return typeof JSON.parse(received) === "object"
    },
  }
}

function createStripe({ secret, body, text, header, forgedHeader }: Fixture): Peer {
  const { webhooks } = Stripe
  const signature = webhooks.signature!
  return {
    name: "stripe",
    does: "HMAC of Node; in workerd Web Crypto, asynchronous, with the key imported for every call. Joins time and body as text. No bound on times in the future.",
    check: inWorkerd
      ? (forged) => signature.verifyHeaderAsync(text, forged ? forgedHeader : header, secret, 300).catch(() => false)
      : (forged) => accepts(() => signature.verifyHeader(text, forged ? forgedHeader : header, secret, 300)),
    parse: inWorkerd
      ? async () => typeof (await webhooks.constructEventAsync(decoder.decode(body), header, secret)) === "object"
      : () => typeof webhooks.constructEvent(decoder.decode(body), header, secret) === "object",
  }
}

/** GitHub signs the body alone. */
export const githubSignature = ({ secret, text }: Fixture): string =>
  `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`

function createOctokit(fixture: Fixture): Peer {
  const { secret, body, text } = fixture
  const honest = githubSignature(fixture)
  const forged = forge(honest)
  return {
    name: "octokit",
    does: "HMAC of Node; in workerd Web Crypto with the key imported for every call. Asynchronous. GitHub's scheme has no time and one signature, so there is no header to read; it does not parse.",
    check: (isForged) => octokitVerify(secret, text, isForged ? forged : honest),
    parse: async () => {
      const received = decoder.decode(body)
      return (await octokitVerify(secret, received, honest)) && typeof JSON.parse(received) === "object"
    },
  }
}

function createTern({ body, header, forgedHeader }: Fixture): Peer {
  const config = createTernConfig()
  const verify = async (signature: string): Promise<boolean> => {
    // It takes a request and nothing else; a body can be read once, so each call needs its own.
    const request = new Request("https://receiver.example/", {
      method: "POST",
      body: body as BodyInit,
      headers: { "credicorp-signature": signature },
    })
    const { isValid, payload } = await WebhookVerificationService.verify(request, config)
    return isValid && typeof payload === "object"
  }
  return {
    name: "tern",
    does: "HMAC of Node over text. Takes a Request, clones it, reads it, verifies and parses: there is no smaller step, and making the Request is in its time.",
    check: (forged) => verify(forged ? forgedHeader : header),
    parse: () => verify(header),
  }
}
