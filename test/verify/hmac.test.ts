import { describe, expect, it } from "vitest"
import type { HashEngine } from "../../src/providers/hashes.ts"
import { findNativeEngine, nobleEngine } from "../../src/verify/hmac.ts"

const utf8 = new TextEncoder()

const toHex = (bytes: Uint8Array | ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("")

/** HMAC-SHA256 by Web Crypto, which knows no empty key. */
async function reference(key: Uint8Array, message: Uint8Array): Promise<string> {
  const cryptoKey = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
  return toHex(await crypto.subtle.sign("HMAC", cryptoKey, message))
}

/** Bytes without a period that a block could hide. */
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 8)) & 255)

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
  { why: "message of 100,000 bytes", key: bytes(20), message: bytes(100_000) },
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

const native = findNativeEngine(nobleEngine)

it("this runtime has a native engine: the table below runs on two", () => {
  expect(native).toBeDefined()
})

const engines: readonly { name: string; engine: HashEngine }[] = [
  { name: "noble", engine: nobleEngine },
  { name: "native", engine: native! },
]

describe.each(engines)("HashEngine: $name (spec 1.2)", ({ engine }) => {
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
})
