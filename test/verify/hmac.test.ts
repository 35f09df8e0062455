import { describe, expect, it } from "vitest"
import { SHA1, SHA256, SHA512 } from "../../src/providers/hashes.ts"
import { findNativeEngine, nobleEngine, probe } from "../../src/verify/hmac.ts"
import { createNativeEngine, MAX_JOINED_BYTES } from "../../src/verify/native-hmac.ts"
import { createVerifier } from "../../src/verify/verifier.ts"
import { signWebhook } from "../../src/verify/sign.ts"
import { NOW, SECRET } from "../support/delivery.ts"
import { ENGINES, nodeCrypto } from "../support/engines.ts"

const utf8 = new TextEncoder()

const toHex = (bytes: Uint8Array | ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("")

/** HMAC-SHA256 by Web Crypto, which knows no empty key. */
async function reference(key: Uint8Array, message: Uint8Array): Promise<string> {
  const cryptoKey = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
  return toHex(await crypto.subtle.sign("HMAC", cryptoKey, message))
}

/** Bytes without a period that a block could hide. */
const bytes = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 8)) & 255)

// One block of SHA-256 is 64 bytes; its padding takes at least 9 of the last.
const cases = [
  { why: "key of 1 byte", key: bytes(1), message: bytes(20) },
  { why: "key of 1 zero byte", key: new Uint8Array(1), message: bytes(20) },
  { why: "key one byte short of a block", key: bytes(63), message: bytes(20) },
  { why: "key of a block", key: bytes(64), message: bytes(20) },
  { why: "key one byte over a block, which is hashed first", key: bytes(65), message: bytes(20) },
  { why: "key of 131 bytes, as RFC 4231 case 6", key: new Uint8Array(131).fill(0xaa), message: bytes(54) },
  { why: "key of two blocks", key: bytes(128), message: bytes(20) },
  { why: "key of 1,000 bytes", key: bytes(1000), message: bytes(20) },
  { why: "key of 0xff, all bits flipped by neither pad", key: new Uint8Array(32).fill(255), message: bytes(20) },
  { why: "key that cancels the inner pad", key: new Uint8Array(64).fill(0x36), message: bytes(20) },
  { why: "key that cancels the outer pad", key: new Uint8Array(64).fill(0x5c), message: bytes(20) },
  { why: "empty message", key: bytes(20), message: new Uint8Array() },
  { why: "message of 1 byte", key: bytes(20), message: bytes(1) },
  { why: "message whose padding just fits", key: bytes(20), message: bytes(55) },
  { why: "message whose padding needs another block", key: bytes(20), message: bytes(56) },
  { why: "message one byte short of a block", key: bytes(20), message: bytes(63) },
  { why: "message of a block", key: bytes(20), message: bytes(64) },
  { why: "message one byte over a block", key: bytes(20), message: bytes(65) },
  ...[2_047, 2_048, 2_049].map((length) => ({
    why: `message of ${length} bytes`,
    key: bytes(20),
    message: bytes(length),
  })),
  { why: "message of 100,000 bytes", key: bytes(20), message: bytes(100_000) },
  // A native engine joins a short message in a buffer, in one runtime behind a block of 64 bytes.
  ...[-65, -64, -63, -1, 0, 1].map((more) => ({
    why: `message of ${more} bytes beyond what is joined`,
    key: bytes(20),
    message: bytes(MAX_JOINED_BYTES + more),
  })),
  {
    why: "key and message of RFC 4231 case 2",
    key: utf8.encode("Jefe"),
    message: utf8.encode("what do ya want for nothing?"),
  },
  { why: "message of bytes that are no UTF-8", key: bytes(20), message: Uint8Array.of(0xff, 0xfe, 0xc3, 0x28) },
]

const published = [
  {
    why: "RFC 4231 case 1",
    key: new Uint8Array(20).fill(0x0b),
    message: utf8.encode("Hi There"),
    want: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  },
  {
    why: "RFC 4231 case 2",
    key: utf8.encode("Jefe"),
    message: utf8.encode("what do ya want for nothing?"),
    want: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  },
  {
    why: "no key and no message",
    key: new Uint8Array(),
    message: new Uint8Array(),
    want: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
  },
]

/** Ways to cut one message into chunks. */
const cuts: readonly { why: string; cut: (message: Uint8Array) => readonly Uint8Array[] }[] = [
  { why: "single bytes", cut: (message) => [...message].map((byte) => Uint8Array.of(byte)) },
  { why: "a prefix and the rest, as a delivery", cut: (message) => [message.subarray(0, 11), message.subarray(11)] },
  { why: "blocks of 64", cut: (message) => [0, 64, 128, 192].map((at) => message.subarray(at, at + 64)) },
  {
    why: "empty chunks between",
    cut: (message) => [message.subarray(0, 0), message, new Uint8Array(), new Uint8Array()],
  },
]

it("this runtime has a native engine: the table below runs on all of its forms", () => {
  expect(findNativeEngine()).toBeDefined()
})

it.each([SHA1, SHA256, SHA512])("the known answer of $name is what @noble/hashes makes of the probe", (hash) => {
  expect(probe(nobleEngine, hash)).toBe(hash.knownAnswer)
})

describe.each(ENGINES)("HashEngine: $name (spec 1.2)", ({ engine }) => {
  it.each(cases)("$why → as Web Crypto", async ({ key, message }) => {
    expect(engine.hmac(key)([message])).toBe(await reference(key, message))
  })

  it.each(published)("$why → as published", ({ key, message, want }) => {
    expect(engine.hmac(key)([message])).toBe(want)
  })

  it.each(cuts)("$why → as in one piece", async ({ cut }) => {
    const message = bytes(256)
    expect(engine.hmac(bytes(20))(cut(message))).toBe(await reference(bytes(20), message))
  })

  it("no chunks at all → as the empty message", async () => {
    expect(engine.hmac(bytes(20))([])).toBe(await reference(bytes(20), new Uint8Array()))
  })

  it("a view into a larger buffer → only what it shows", async () => {
    expect(engine.hmac(bytes(99).subarray(7, 20))([bytes(99).subarray(30, 60)])).toBe(
      await reference(bytes(99).slice(7, 20), bytes(99).slice(30, 60)),
    )
  })

  it("one prepared key, many messages of all sizes → each as Web Crypto", async () => {
    const key = bytes(40)
    const mac = engine.hmac(key)
    for (const length of [0, 200, 1, 64, 0, 63]) {
      expect(mac([bytes(length)])).toBe(await reference(key, bytes(length)))
    }
  })

  it("two prepared keys in turn → neither sees the other", async () => {
    const [keyA, keyB] = [bytes(10), bytes(80)]
    const [macA, macB] = [engine.hmac(keyA), engine.hmac(keyB)]
    for (let i = 0; i < 3; i++) {
      expect(macA([bytes(9)])).toBe(await reference(keyA, bytes(9)))
      expect(macB([bytes(9)])).toBe(await reference(keyB, bytes(9)))
    }
  })

  it("the key's bytes are overwritten after preparing → the prepared key stays", async () => {
    const key = bytes(32)
    const mac = engine.hmac(key)
    key.fill(0)
    expect(mac([bytes(9)])).toBe(await reference(bytes(32), bytes(9)))
  })

  it("an earlier result is kept → a later one does not overwrite it", async () => {
    const mac = engine.hmac(bytes(32))
    const first = mac([bytes(1)])
    mac([bytes(2)])
    expect(first).toBe(await reference(bytes(32), bytes(1)))
  })

  it.each([SHA1, SHA512])("every block length: $name → as noble", (hash) => {
    for (const length of [0, 1, 63, 64, 65, 127, 128, 129, 1000]) {
      const message = [bytes(7), bytes(length)]
      expect(engine.hmac(bytes(length), hash)(message)).toBe(nobleEngine.hmac(bytes(length), hash)(message))
    }
  })

  it("base64 → the same bytes", () => {
    const [mac, trusted] = [engine.hmac(bytes(5)), nobleEngine.hmac(bytes(5))]
    for (const length of [1, 9_000]) expect(mac([bytes(length)], "base64")).toBe(trusted([bytes(length)], "base64"))
  })

  it("a chunk whose length hashes something else when it is read → neither result is mixed with the other", async () => {
    const mac = engine.hmac(bytes(10))
    const others: string[] = []
    class Reentrant extends Uint8Array<ArrayBuffer> {
      override get length(): number {
        others.push(mac([bytes(3), bytes(30)]))
        return super.byteLength
      }
    }
    const message = Uint8Array.from([...bytes(11), ...bytes(40)])
    expect(mac([bytes(11), new Reentrant(bytes(40).buffer)])).toBe(await reference(bytes(10), message))
    const other = await reference(bytes(10), Uint8Array.from([...bytes(3), ...bytes(30)]))
    for (const each of others) expect(each).toBe(other)
  })
})

const sign = (body: Uint8Array<ArrayBuffer>) => signWebhook(body, { secrets: [SECRET], now: NOW })

it("a body whose length verifies another delivery when it is read → each is judged by its own bytes", () => {
  const verifier = createVerifier({ secrets: [SECRET], now: NOW })
  const others: boolean[] = []
  class Reentrant extends Uint8Array<ArrayBuffer> {
    override get length(): number {
      others.push(
        verifier.checkSignature(bytes(30), sign(bytes(30))).ok,
        verifier.checkSignature(bytes(31), sign(bytes(30))).ok,
      )
      return super.byteLength
    }
  }
  const headers = sign(bytes(40))
  expect(verifier.checkSignature(new Reentrant(bytes(40).buffer), headers).ok).toBe(true)
  expect(verifier.checkSignature(new Reentrant(bytes(41).buffer), headers).ok).toBe(false)
  expect(others.length).toBeGreaterThan(2)
  others.forEach((isRight, i) => expect(isRight).toBe(i % 2 === 0))
})

describe("the shared buffer", () => {
  it("holds no block of a key after a MAC", () => {
    // A hash that keeps what it was given, as an attacker in the same process might.
    const seen: Uint8Array[] = []
    const real = nodeCrypto()
    const hash: typeof real.hash = (name, given, encoding) => (seen.push(given), real.hash!(name, given, encoding))
    const mac = createNativeEngine({ ...real, hash }, false).hmac(new Uint8Array(64).fill(0xaa))
    mac([bytes(20)])
    const [inner] = seen
    expect([...inner!.subarray(0, 64)]).toEqual(Array(64).fill(0))
    expect([...inner!.subarray(64)]).toEqual([...bytes(20)])
  })

  it("is not left taken by a hash that throws", async () => {
    let fails = true
    const real = nodeCrypto()
    const hash: typeof real.hash = (...given) => {
      if (fails) throw new Error("no memory")
      return real.hash!(...given)
    }
    const calls: unknown[] = []
    const createHmac: typeof real.createHmac = (...given) => (calls.push(given), real.createHmac(...given))
    const mac = createNativeEngine({ ...real, createHmac, hash }, false).hmac(bytes(10))
    expect(() => mac([bytes(20)])).toThrow("no memory")
    fails = false
    expect(mac([bytes(20)])).toBe(await reference(bytes(10), bytes(20)))
    expect(calls).toEqual([])
  })
})
