// Bodies of an exact size: an event with as many line items as fit. Plain ASCII, like most JSON on the wire.

export const SIZES = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576] as const

/** The smallest event is a little over 200 bytes. */
export function createEventText(bytes: number): string {
  const lines: object[] = []
  const object = { id: "pay_0000000000", amount: 120_000, currency: "EUR", lines, note: "" }
  const event = {
    id: "evt_bench_0000000000",
    type: "payment.settled",
    created: "2026-10-01T12:00:00Z",
    livemode: false,
    api_version: "2026-07-01",
    data: { object },
  }
  const room = (): number => bytes - JSON.stringify(event).length
  // Counts lengths first: serialising the whole text after every line would take minutes for a mebibyte.
  let left = room()
  for (let i = 0; ; i++) {
    const length = JSON.stringify(line(i)).length + 1
    if (left < length + 1) break
    lines.push(line(i))
    left -= length
  }
  object.note = "x".repeat(room())
  return JSON.stringify(event)
}

export const nameOfSize = (bytes: number): string =>
  bytes < 1_024 ? `${bytes} B` : bytes < 1_048_576 ? `${bytes / 1_024} KiB` : `${bytes / 1_048_576} MiB`

const line = (i: number): object => ({
  sku: `item-${i}`,
  // Without this text, a mebibyte would have more tokens than an event may have (spec 3.7).
  description: "Annual subscription, billed monthly, with support by telephone",
  quantity: 1 + (i % 9),
  price: 19.95 + i,
  taxed: i % 2 === 0,
})
