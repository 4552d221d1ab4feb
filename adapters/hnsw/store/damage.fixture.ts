import fc from 'fast-check'
import { frameAt, HEADER } from './frame.ts'

/** One thing that happens to a file. Places are shares of its length; frames are counted round. */
type Damage = (bytes: Buffer) => Buffer

const place = fc.double({ min: 0, max: 1, noNaN: true })
const at = (share: number, bytes: Buffer): number => Math.floor(share * (bytes.length - 1))
const few = fc.uint8Array({ minLength: 1, maxLength: 90 })

/** Offsets at which the frames of a file begin, for as long as they are whole, and the offset of the end. */
export const boundsOf = (bytes: Buffer): number[] => {
  const bounds = [0]
  for (let frame = frameAt(bytes, 0); frame; frame = frameAt(bytes, frame.end)) {
    bounds.push(frame.end)
  }
  return bounds
}
/** The frames of a file, of which the list is rewritten. */
const rewritten =
  (change: (frames: Buffer[]) => Buffer[]): Damage =>
  (bytes) => {
    const bounds = boundsOf(bytes)
    if (bounds.length === 1) return bytes
    const frames = bounds.slice(1).map((end, i) => bytes.subarray(bounds[i], end))
    return Buffer.concat([...change(frames), bytes.subarray(bounds.at(-1))])
  }

const overwritten =
  (share: number, by: Uint8Array): Damage =>
  (bytes) => {
    const damaged = Buffer.from(bytes)
    damaged.set(by.subarray(0, bytes.length - at(share, bytes)), at(share, bytes))
    return damaged
  }
const flipped = fc.tuple(place, fc.nat(7)).map(
  ([share, bit]): Damage =>
    (bytes) => {
      const damaged = Buffer.from(bytes)
      damaged[at(share, bytes)]! ^= 1 << bit
      return damaged
    },
)
const lying = fc.tuple(fc.nat(20), fc.oneof(fc.nat(200), fc.nat(0xffff_ffff))).map(
  ([n, length]): Damage =>
    (bytes) => {
      const bounds = boundsOf(bytes)
      const begin = bounds[n % bounds.length]!
      if (begin + HEADER > bytes.length) return bytes
      const damaged = Buffer.from(bytes)
      damaged.writeUInt32LE(length, begin)
      return damaged
    },
)

/** Flipped bits, cuts, zeros, garbage within and behind, lengths that lie, frames twice, swapped and left out. */
const damage: fc.Arbitrary<Damage> = fc.oneof(
  flipped,
  lying,
  place.map(
    (share): Damage =>
      (bytes) =>
        bytes.subarray(0, at(share, bytes)),
  ),
  fc.tuple(place, few).map(([share, by]) => overwritten(share, by)),
  fc.tuple(place, fc.nat(120)).map(([share, n]) => overwritten(share, new Uint8Array(n))),
  few.map(
    (tail): Damage =>
      (bytes) =>
        Buffer.concat([bytes, tail]),
  ),
  fc.nat(500).map(
    (n): Damage =>
      (bytes) =>
        Buffer.concat([bytes, Buffer.alloc(n)]),
  ),
  fc.tuple(place, few).map(
    ([share, by]): Damage =>
      (bytes) => {
        const cut = at(share, bytes)
        return Buffer.concat([bytes.subarray(0, cut), by, bytes.subarray(cut)])
      },
  ),
  fc
    .tuple(fc.nat(20), fc.nat(20))
    .map(([from, to]) =>
      rewritten((frames) =>
        frames.toSpliced(to % (frames.length + 1), 0, frames[from % frames.length]!),
      ),
    ),
  fc
    .tuple(fc.nat(20), fc.nat(20))
    .map(([one, other]) =>
      rewritten((frames) =>
        frames
          .with(one % frames.length, frames[other % frames.length]!)
          .with(other % frames.length, frames[one % frames.length]!),
      ),
    ),
  fc.nat(20).map((n) => rewritten((frames) => frames.toSpliced(n % frames.length, 1))),
)

/** What happens to a file once, twice or three times. */
export const damages: fc.Arbitrary<Damage> = fc
  .array(damage, { minLength: 1, maxLength: 3 })
  .map(
    (all) => (bytes: Buffer) =>
      all.reduce((damaged, one) => (damaged.length > 0 ? one(damaged) : damaged), bytes),
  )
