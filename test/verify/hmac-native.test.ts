import { describe, expect, it } from "vitest"
import type { HashEngine } from "../../src/providers/hashes.ts"
import { chooseEngine, findNativeEngine, nobleEngine } from "../../src/verify/hmac.ts"

/** Runs `find` while `globalThis.process` is another one. Nothing in between is asynchronous, so nobody else sees it. */
function withProcess(stub: unknown): HashEngine | undefined {
  const real = Object.getOwnPropertyDescriptor(globalThis, "process")
  Object.defineProperty(globalThis, "process", { value: stub, configurable: true, writable: true })
  try {
    return findNativeEngine(nobleEngine)
  } finally {
    if (real) Object.defineProperty(globalThis, "process", real)
    else Reflect.deleteProperty(globalThis, "process")
  }
}

/** A `node:crypto` whose HMAC is whatever `mac` makes of a key and the chunks of a message. */
const fakeCrypto = (mac: (key: Uint8Array, chunks: readonly Uint8Array[]) => unknown) => ({
  createSecretKey: (key: Uint8Array) => key,
  createHmac: (_algorithm: string, key: Uint8Array) => {
    const chunks: Uint8Array[] = []
    return { update: (chunk: Uint8Array) => chunks.push(chunk), digest: () => mac(key, chunks) }
  },
  createHash: () => {
    const chunks: Uint8Array[] = []
    return { update: (chunk: Uint8Array) => chunks.push(chunk), digest: () => nobleEngine.digest(chunks) }
  },
})

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

describe("findNativeEngine passes over an engine that is not right (a wrong one verifies nothing)", () => {
  it.each(passedOver)("$why → undefined", ({ process }) => {
    expect(withProcess(process)).toBeUndefined()
  })

  it("one that is right → taken: the rows above fail for their own reason", () => {
    const engine = withProcess(withCrypto(fakeCrypto(right)))
    expect(engine?.hmac(Uint8Array.of(1))([Uint8Array.of(2)])).toBe(right(Uint8Array.of(1), [Uint8Array.of(2)]))
  })

  it("asks for node:crypto and nothing else", () => {
    const asked: string[] = []
    withProcess({ getBuiltinModule: (id: string) => void asked.push(id) })
    expect(asked).toEqual(["node:crypto"])
  })

  it("an engine that differs from the trusted one → undefined, whichever of them is wrong", () => {
    expect(findNativeEngine({ ...nobleEngine, hmac: () => () => ZEROS })).toBeUndefined()
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
