import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { Message } from 'apache-arrow'
import { sealOf } from './seal.ts'

/** A continuation mark and a length of zero: how an Arrow stream says that it is complete. */
export const END = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)

const WINDOW = 1 << 20

/** A file that is read by range. */
export interface ByteFile {
  readonly size: number
  /** The bytes [from, from + length), fewer at the end of the file; valid until the next call. */
  bytes(from: number, length: number): Uint8Array
  close(): void
}

/** Opens a file for reading from front to back, at least 1 MiB at a time, always into the same memory. */
export const openBytes = (path: string): ByteFile => {
  const file = openSync(path, 'r')
  const { size } = fstatSync(file)
  let memory = new Uint8Array(Math.min(WINDOW, size))
  let start = 0
  let held = 0
  return {
    size,
    bytes: (from, length) => {
      const wanted = Math.min(length, size - from)
      if (from < start || from + wanted > start + held) {
        if (wanted > memory.length) memory = new Uint8Array(2 * wanted)
        start = from
        held = readFully(file, memory, from, Math.min(memory.length, size - from))
      }
      return memory.subarray(from - start, Math.min(from - start + wanted, held))
    },
    close: () => closeSync(file),
  }
}

/** How many bytes there were. */
const readFully = (file: number, into: Uint8Array, from: number, length: number): number => {
  let done = 0
  while (done < length) {
    const read = readSync(file, into, done, length - done, from + done)
    if (read === 0) break
    done += read
  }
  return done
}

/** One message of an Arrow stream: where it begins and ends, and what its metadata says. */
export interface Frame {
  readonly from: number
  readonly end: number
  /** Null for the end mark. */
  readonly message: {
    readonly bodyLength: number
    readonly metadata: ReadonlyMap<string, string>
    /** What a batch announces; null for the schema. */
    readonly batch: Announced | null
  } | null
}

interface Announced {
  readonly rows: number
  /** Values of each column, of lists both lists and values, in the order of the schema. */
  readonly nodes: readonly number[]
}

/**
 * The message at a byte, or null if the file ends before it does. Throws where no message can begin. Arrow columnar format,
 * "Encapsulated message format".
 */
export const frameAt = (file: ByteFile, from: number): Frame | null => {
  const prefix = file.bytes(from, 8)
  if (prefix.length < 8) return null
  const view = new DataView(prefix.buffer, prefix.byteOffset)
  if (view.getUint32(0, true) !== 0xffffffff) throw new Error('no message begins there')
  const length = view.getInt32(4, true)
  if (length === 0) return { from, end: from + 8, message: null }
  if (length < 0) throw new Error(`a message of ${length} bytes is announced`)
  const metadata = file.bytes(from + 8, length)
  if (metadata.length < length) return null
  const message = Message.decode(metadata)
  const { bodyLength } = message
  if (!(bodyLength >= 0)) throw new Error(`a body of ${bodyLength} bytes is announced`)
  const end = from + 8 + length + bodyLength
  if (end > file.size) return null
  return {
    from,
    end,
    message: { bodyLength, metadata: message.metadata, batch: announced(message) },
  }
}

/** Read at once: the bytes it stands in are overwritten by the next. */
const announced = (message: Message): Announced | null => {
  if (!message.isRecordBatch()) return null
  const { length, nodes } = message.header()
  return { rows: length, nodes: nodes.map((node) => node.length) }
}

/**
 * Whether a whole message with the right checksum stands anywhere behind a byte: then what is there is damage, and not the
 * torn end of a file whose writer was killed. Messages begin at multiples of 8.
 */
export const holdsMessageAfter = (file: ByteFile, from: number): boolean => {
  for (let at = from + 8; at + 8 < file.size; at += 8) {
    const prefix = file.bytes(at, 8)
    if (prefix.some((byte, i) => i < 4 && byte !== 255)) continue
    if (isWhole(file, at)) return true
  }
  return false
}

const isWhole = (file: ByteFile, at: number): boolean => {
  try {
    const frame = frameAt(file, at)
    if (frame === null || frame.message === null) return false
    const seal = sealOf(file.bytes(frame.from, frame.end - frame.from))
    return seal !== null && seal.carried === seal.found
  } catch {
    // What looks like a message and cannot be decoded is none.
    return false
  }
}
