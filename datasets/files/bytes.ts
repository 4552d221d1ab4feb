import { openSync, read, readSync } from 'node:fs'
import { refuse } from './layout.ts'

const BLOCK = 1 << 15
const BLOCKS_KEPT = 2_048

/** Reads of one file by range. */
export interface ByteRanges {
  /** `length` bytes from byte `from`; valid until the next call. */
  bytes(from: number, length: number): Uint8Array
  /** Reads these bytes in the background; once it resolves, `bytes` has them at hand. A read that fails is left to `bytes` to tell. */
  ahead(from: number, length: number): Promise<void>
}

/**
 * Reads of a file by range, through the 2,048 blocks of 32 KiB that were used last: 64 MiB, however large the file. The file
 * is opened at the first read and stays open with the process. A file that has become shorter is refused.
 */
export const bytesOf = (path: string): ByteRanges => {
  let opened: number | undefined
  const file = (): number => (opened ??= openSync(path, 'r'))
  const blocks = createBlocks()
  const coming = new Map<number, Promise<void>>()
  const blockAt = (index: number): Uint8Array => {
    const kept = blocks.get(index)
    if (kept) return kept
    const block = new Uint8Array(BLOCK)
    const whole = block.subarray(0, readSync(file(), block, 0, BLOCK, index * BLOCK))
    blocks.keep(index, whole)
    return whole
  }
  const piece = (from: number, length: number): Uint8Array => {
    const at = from % BLOCK
    const found = blockAt((from - at) / BLOCK).subarray(at, at + length)
    if (found.length > 0) return found
    throw refuse(path, 0, from, 'the file has become shorter since it was checked')
  }
  const fetch = (index: number): Promise<void> => {
    if (blocks.get(index)) return DONE
    const under = coming.get(index)
    if (under) return under
    const { promise, resolve } = Promise.withResolvers<void>()
    coming.set(index, promise)
    const block = new Uint8Array(BLOCK)
    read(file(), block, 0, BLOCK, index * BLOCK, (error, length) => {
      coming.delete(index)
      if (!error) blocks.keep(index, block.subarray(0, length))
      resolve()
    })
    return promise
  }
  return {
    bytes: (from, length) => {
      const first = piece(from, length)
      if (first.length === length) return first
      const whole = new Uint8Array(length)
      whole.set(first)
      for (let done = first.length; done < length; ) {
        const next = piece(from + done, length - done)
        whole.set(next, done)
        done += next.length
      }
      return whole
    },
    ahead: async (from, length) => {
      const first = Math.floor(from / BLOCK)
      const count = Math.floor((from + length - 1) / BLOCK) - first + 1
      await Promise.all(Array.from({ length: count }, (_, i) => fetch(first + i)))
    },
  }
}

const DONE = Promise.resolve()

/** The blocks used last; the one used longest ago goes first. */
const createBlocks = () => {
  const blocks = new Map<number, Uint8Array>()
  let newest = -1
  const keep = (index: number, block: Uint8Array): void => {
    blocks.delete(index)
    blocks.set(index, block)
    newest = index
    if (blocks.size > BLOCKS_KEPT) blocks.delete(blocks.keys().next().value!)
  }
  return {
    keep,
    get: (index: number): Uint8Array | undefined => {
      const block = blocks.get(index)
      if (block && index !== newest) keep(index, block)
      return block
    },
  }
}
