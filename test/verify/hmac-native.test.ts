import { describe, expect, it } from "vitest"
import type { HashEngine } from "../../src/providers/hashes.ts"
import { fromHex } from "../../src/core/bytes.ts"
import { chooseEngine, findNativeEngine, nobleEngine } from "../../src/verify/hmac.ts"

/** The two runtimes whose engines differ, by what `navigator.userAgent` says. */
const RUNTIMES = ["Node.js/24", "Cloudflare-Workers"] as const

/** Runs `run` with other globals. It is synchronous, so that nothing else sees them. */
function withGlobals<Value>(globals: Readonly<Record<string, unknown>>, run: () => Value): Value {
  const real = Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  try {
    return run()
  } finally {
    for (const [name, descriptor] of real) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor)
      else Reflect.deleteProperty(globalThis, name)
    }
  }
}

const find = (process: unknown, userAgent: string): HashEngine | undefined =>
  withGlobals({ process, navigator: { userAgent } }, () => findNativeEngine())

/** A `node:crypto` whose HMAC is whatever `mac` makes of a key and the chunks of a message. */
const fakeCrypto = (mac: (key: Uint8Array, chunks: readonly Uint8Array[]) => unknown) => ({
  createSecretKey: (key: Uint8Array) => key.slice(),
  createHmac: (_algorithm: string, key: Uint8Array) => {
    const chunks: Uint8Array[] = []
    return {
      update: (chunk: Uint8Array) => chunks.push(chunk),
      digest: () => mac(key, chunks),
    }
  },
  createHash: () => {
    const chunks: Uint8Array[] = []
    return { update: (chunk: Uint8Array) => chunks.push(chunk), digest: () => nobleEngine.digest(chunks) }
  },
})

/** A `crypto.hash` whose result is whatever `change` makes of the right hex. */
const fakeHash =
  (change: (hex: string, bytes: Uint8Array) => string) =>
  (_algorithm: string, bytes: Uint8Array, encoding: string): string => {
    const hex = change(nobleEngine.digest([bytes]), bytes)
    return encoding === "latin1" ? String.fromCharCode(...fromHex(hex)!) : hex
  }

const withCrypto = (module: unknown): unknown => ({ getBuiltinModule: () => module })

const right = (key: Uint8Array, chunks: readonly Uint8Array[]): string => nobleEngine.hmac(key)(chunks)

const ZEROS = "0".repeat(64)

const throws = (): never => {
  throw new Error("broken")
}

const passedOver: readonly { why: string; process: unknown }[] = [
  { why: "no process, as in a browser", process: undefined },
  { why: "a process that is null", process: null },
  { why: "a process of a bundler's, with env alone", process: { env: {} } },
  { why: "no getBuiltinModule, as in Node 20.0", process: { versions: { node: "20.0.0" } } },
  { why: "getBuiltinModule that is no function", process: { getBuiltinModule: {} } },
  { why: "getBuiltinModule throws", process: { getBuiltinModule: throws } },
  { why: "no such module", process: withCrypto(undefined) },
  { why: "an empty module", process: withCrypto({}) },
  { why: "createSecretKey is missing", process: withCrypto({ ...fakeCrypto(right), createSecretKey: undefined }) },
  { why: "createSecretKey throws", process: withCrypto({ ...fakeCrypto(right), createSecretKey: throws }) },
  { why: "createHash is missing", process: withCrypto({ ...fakeCrypto(right), createHash: undefined }) },
  {
    why: "createHash is wrong",
    process: withCrypto({
      ...fakeCrypto(right),
      createHash: () => ({ update: () => undefined, digest: () => ZEROS }),
    }),
  },
  { why: "createHmac is missing", process: withCrypto({ ...fakeCrypto(right), createHmac: undefined }) },
  {
    why: "createHmac throws, as under a policy without SHA-256",
    process: withCrypto({ ...fakeCrypto(right), createHmac: throws }),
  },
  { why: "digest throws", process: withCrypto(fakeCrypto(throws)) },
  { why: "digest gives nothing", process: withCrypto(fakeCrypto(() => undefined)) },
  { why: "digest gives an empty text", process: withCrypto(fakeCrypto(() => "")) },
  { why: "digest gives zeros", process: withCrypto(fakeCrypto(() => ZEROS)) },
  { why: "digest knows no hex and gives bytes", process: withCrypto(fakeCrypto(() => new Uint8Array(32))) },
  {
    why: "digest gives the right hex in upper case",
    process: withCrypto(fakeCrypto((key, chunks) => right(key, chunks).toUpperCase())),
  },
  { why: "the same for every message", process: withCrypto(fakeCrypto((key) => right(key, []))) },
  { why: "the same for every key", process: withCrypto(fakeCrypto((_, chunks) => right(new Uint8Array(1), chunks))) },
  {
    why: "blind to the values of bytes",
    process: withCrypto(
      fakeCrypto((key, chunks) =>
        right(
          new Uint8Array(key.length),
          chunks.map(({ length }) => new Uint8Array(length)),
        ),
      ),
    ),
  },
  { why: "only the first chunk", process: withCrypto(fakeCrypto((key, chunks) => right(key, chunks.slice(0, 1)))) },
  { why: "only the last chunk", process: withCrypto(fakeCrypto((key, chunks) => right(key, chunks.slice(-1)))) },
  {
    why: "long keys are cut, not hashed",
    process: withCrypto(fakeCrypto((key, chunks) => right(key.slice(0, 64), chunks))),
  },
  { why: "a truncated result", process: withCrypto(fakeCrypto((key, chunks) => right(key, chunks).slice(0, 32))) },
  {
    why: "one wrong bit",
    process: withCrypto(
      fakeCrypto((key, chunks) => right(key, chunks).replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))),
    ),
  },
]

/** Wrong where `crypto.hash` is used, which is not in workerd. */
const wrongHashes: readonly { why: string; hash: unknown }[] = [
  { why: "hash is no function", hash: true },
  { why: "hash throws", hash: throws },
  { why: "hash gives nothing", hash: () => undefined },
  { why: "hash gives zeros", hash: fakeHash(() => ZEROS) },
  { why: "hash knows no latin1", hash: (_: string, bytes: Uint8Array) => nobleEngine.digest([bytes]) },
  { why: "hash gives upper case", hash: fakeHash((hex) => hex.toUpperCase()) },
  { why: "hash is the same for every message", hash: fakeHash(() => nobleEngine.digest([])) },
  {
    why: "hash reads the first block alone",
    hash: fakeHash((_, bytes) => nobleEngine.digest([bytes.subarray(0, 64)])),
  },
  {
    why: "hash reads the whole buffer behind a view",
    hash: fakeHash((_, { buffer }) => nobleEngine.digest([new Uint8Array(buffer)])),
  },
]

describe.each(RUNTIMES)("findNativeEngine passes over an engine that is not right, in %s", (userAgent) => {
  it.each(passedOver)("$why → undefined", ({ process }) => {
    expect(find(process, userAgent)).toBeUndefined()
  })

  it("one that is right → taken: the rows above fail for their own reason", () => {
    const engine = find(withCrypto(fakeCrypto(right)), userAgent)
    expect(engine?.hmac(Uint8Array.of(1))([Uint8Array.of(2)])).toBe(right(Uint8Array.of(1), [Uint8Array.of(2)]))
  })

  it("asks for node:crypto and nothing else", () => {
    const asked: string[] = []
    find({ getBuiltinModule: (id: string) => void asked.push(id) }, userAgent)
    expect(asked).toEqual(["node:crypto"])
  })

  it("short messages are wrong, or long ones → undefined", () => {
    for (const isWrong of [(bytes: number) => bytes < 1_000, (bytes: number) => bytes > 1_000]) {
      const mac = (key: Uint8Array, chunks: readonly Uint8Array[]): string =>
        isWrong(chunks.reduce((sum, { length }) => sum + length, 0)) ? ZEROS : right(key, chunks)
      expect(find(withCrypto(fakeCrypto(mac)), userAgent)).toBeUndefined()
    }
  })
})

describe("findNativeEngine, where the runtime has crypto.hash", () => {
  it.each(wrongHashes)("$why → undefined", ({ hash }) => {
    expect(find(withCrypto({ ...fakeCrypto(right), hash }), "Node.js/24")).toBeUndefined()
  })

  it("one that is right → taken", () => {
    const engine = find(withCrypto({ ...fakeCrypto(right), hash: fakeHash((hex) => hex) }), "Node.js/24")
    expect(engine?.hmac(Uint8Array.of(1))([Uint8Array.of(2)])).toBe(right(Uint8Array.of(1), [Uint8Array.of(2)]))
  })

  it("no navigator at all, as in Node 20 → found all the same", () => {
    const process = withCrypto(fakeCrypto(right))
    expect(withGlobals({ process, navigator: undefined }, () => findNativeEngine())).toBeDefined()
  })
})

describe("chooseEngine", () => {
  it("chooses once and keeps the choice", () => {
    expect(chooseEngine()).toBe(chooseEngine())
  })

  it("makes the same of a message as the trusted engine", () => {
    const key = Uint8Array.of(1, 2, 3)
    expect(chooseEngine().hmac(key)([key])).toBe(right(key, [key]))
  })
})
