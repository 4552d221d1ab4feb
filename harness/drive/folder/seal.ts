import { crc32 } from 'node:zlib'

/**
 * Every message of a run folder's streams carries, in its own metadata under SEAL, `crc32:` and eight hexadecimal digits: the CRC-32
 * (ISO 3309, as zlib has it) of the whole message, from its first byte to the last of its body, with those digits as zeros.
 */
export const SEAL = 'seal'
/** What stands there before the message is sealed. */
export const UNSEALED = 'crc32:00000000'
const PREFIX = 'crc32:'

const DIGITS = 8
const ZEROS = Buffer.alloc(DIGITS, '0')
/** As a flatbuffer holds the text: behind its length. No JSON beside it can hold these control characters. */
const MARK = Buffer.from([UNSEALED.length, 0, 0, 0, ...Buffer.from(PREFIX)])

/** Writes the checksum into a message, in place. */
export const sealed = (message: Uint8Array): Uint8Array => {
  const at = placeOf(message)
  if (at === null) throw new Error('a message without a place for its checksum was written')
  message.set(Buffer.from(checksum(message, at)), at)
  return message
}

/** The checksum that a message carries and the one that it has; null if it carries none. */
export const sealOf = (message: Uint8Array): { carried: string; found: string } | null => {
  const at = placeOf(message)
  if (at === null) return null
  const carried = Buffer.from(message.subarray(at, at + DIGITS)).toString('latin1')
  return { carried, found: checksum(message, at) }
}

/** The first of the digits. They stand before the body, whose values may look like anything. */
const placeOf = (message: Uint8Array): number | null => {
  const view = new DataView(message.buffer, message.byteOffset)
  const head = Buffer.from(message.buffer, message.byteOffset, 8 + view.getInt32(4, true))
  const at = head.indexOf(MARK)
  return at < 0 || at + MARK.length + DIGITS > head.length ? null : at + MARK.length
}

const checksum = (message: Uint8Array, at: number): string => {
  const before = crc32(ZEROS, crc32(message.subarray(0, at)))
  return crc32(message.subarray(at + DIGITS), before)
    .toString(16)
    .padStart(DIGITS, '0')
}
