import { crc32 } from 'node:zlib'

/**
 * Every file of a data folder is a row of frames, little-endian:
 *
 *   u32 bytes of the payload · u32 CRC-32 · u48 number · u16 kind · u48 synced · u16 0 · payload
 *
 * The checksum (ISO 3309, as zlib has it) is of everything but itself. Payloads are whole words, so every frame begins at one.
 * `synced` is the last number that was known to be on the disk when the frame was written: what breaks below it was acknowledged.
 */
export interface Frame {
  readonly number: number
  readonly kind: Kind
  readonly synced: number
  readonly payload: Buffer
  /** Offset of the frame after this one. */
  readonly end: number
}

/** Codes of the operations, and of what else a file holds. Never given another meaning. */
export const KINDS = {
  head: 1,
  create: 2,
  drop: 3,
  alias: 4,
  upsert: 5,
  delete: 6,
  clear: 7,
  end: 8,
  image: 9,
} as const
export type Kind = keyof typeof KINDS
const KIND_OF = new Map(Object.entries(KINDS).map(([kind, code]) => [code as number, kind as Kind]))

export const HEADER = 24
const U48 = 6
const WORD = 4

export const frameBytes = (payload: Uint8Array): number => HEADER + payload.length

/** Writes the frame at `at` of `into`; returns the offset after it. */
export const putFrame = (
  into: Buffer,
  at: number,
  { number, kind, synced, payload }: Omit<Frame, 'end'>,
): number => {
  into.writeUInt32LE(payload.length, at)
  into.writeUIntLE(number, at + 8, U48)
  into.writeUInt16LE(KINDS[kind], at + 14)
  into.writeUIntLE(synced, at + 16, U48)
  into.writeUInt16LE(0, at + 22)
  payload.copy(into, at + HEADER)
  const end = at + HEADER + payload.length
  into.writeUInt32LE(checksum(into, at, end), at + 4)
  return end
}

export const oneFrame = (frame: Omit<Frame, 'end'>): Buffer => {
  const bytes = Buffer.allocUnsafe(frameBytes(frame.payload))
  putFrame(bytes, 0, frame)
  return bytes
}

const checksum = (bytes: Buffer, at: number, end: number): number =>
  crc32(bytes.subarray(at + 8, end), crc32(bytes.subarray(at, at + 4)))

/** The frame at an offset; null if there is none that is whole. */
export const frameAt = (bytes: Buffer, at: number): Frame | null => {
  if (at + HEADER > bytes.length) return null
  const length = bytes.readUInt32LE(at)
  const end = at + HEADER + length
  const kind = KIND_OF.get(bytes.readUInt16LE(at + 14))
  if (end > bytes.length || length % WORD !== 0 || kind === undefined) return null
  if (checksum(bytes, at, end) !== bytes.readUInt32LE(at + 4)) return null
  return {
    number: bytes.readUIntLE(at + 8, U48),
    kind,
    synced: bytes.readUIntLE(at + 16, U48),
    payload: bytes.subarray(at + HEADER, end),
    end,
  }
}

/**
 * The frames of a file, whose numbers follow each other from `first`; returns the offset of its end. Throws where a frame is
 * damaged. In a file that may be `torn`, what breaks before it was synced is no damage, but the end: a crash left it.
 */
export function* framesOf(
  bytes: Buffer,
  file: string,
  first: number,
  torn: boolean,
): Generator<Frame, number> {
  let at = 0
  for (let number = first; at < bytes.length; number++) {
    const frame = frameAt(bytes, at)
    if (!frame && torn && !wasSynced(bytes, at, number)) return at
    if (frame?.number !== number) throw damaged(file, at)
    yield frame
    at = frame.end
  }
  return at
}

export const damaged = (file: string, at: number, cause?: unknown): Error =>
  new Error(
    `${file} is damaged at byte ${at}: put the file back from a copy, or lose what is in it by moving it away`,
    { cause },
  )

/** Bytes whose checksums are looked at in a file, in relation to its length, in search of a frame: more are there by design. */
const PATIENCE = 16

/**
 * Is there a whole frame behind the offset that says that this number was on the disk, or that is of this number, and so was moved?
 * A vector may look like the beginning of a frame: where too many do, the answer is yes, since then nothing is cut.
 */
const wasSynced = (bytes: Buffer, from: number, number: number): boolean => {
  const most = number + bytes.length / HEADER
  let left = PATIENCE * bytes.length
  for (let at = from + 1; at + HEADER <= bytes.length; at++) {
    const found = bytes.readUIntLE(at + 8, U48)
    if (found < number || found > most) continue
    const synced = bytes.readUIntLE(at + 16, U48)
    if (synced >= found || (synced < number && found > number)) continue
    const end = at + HEADER + bytes.readUInt32LE(at)
    if (end > bytes.length) continue
    left -= end - at
    if (left < 0 || frameAt(bytes, at)) return true
  }
  return false
}

/** JSON as a payload, filled up to whole words. */
export const jsonPayload = (value: unknown): Buffer => {
  const bytes = Buffer.from(JSON.stringify(value))
  const filled = Buffer.alloc(Math.ceil(bytes.length / WORD) * WORD, ' ')
  bytes.copy(filled)
  return filled
}
export const payloadJson = (payload: Buffer): unknown => JSON.parse(payload.toString())
