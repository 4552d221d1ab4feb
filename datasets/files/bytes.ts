import { openSync, readSync } from 'node:fs'
import { refuse } from './layout.ts'

const BLOCK = 1 << 18
const BLOCKS_KEPT = 64

/** Reads `length` bytes from byte `from`; valid until the next call. */
export type ReadBytes = (from: number, length: number) => Uint8Array

/**
 * Reads of a file by range, through the 64 blocks of 256 KiB that were used last. The file is opened at the first read
 * and stays open with the process. A file that has become shorter is refused.
 */
export const bytesOf = (path: string): ReadBytes => {
  let file: number | undefined
  const blocks = new Map<number, Uint8Array>()
  const blockAt = (index: number): Uint8Array => {
    const kept = blocks.get(index)
    blocks.delete(index)
    file ??= openSync(path, 'r')
    const block = kept ?? readBlock(file, index)
    blocks.set(index, block)
    if (blocks.size > BLOCKS_KEPT) blocks.delete(blocks.keys().next().value!)
    return block
  }
  const piece = (from: number, length: number): Uint8Array => {
    const at = from % BLOCK
    const found = blockAt((from - at) / BLOCK).subarray(at, at + length)
    if (found.length > 0) return found
    throw refuse(path, 0, from, 'the file has become shorter since it was checked')
  }
  return (from, length) => {
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
  }
}

const readBlock = (file: number, index: number): Uint8Array => {
  const block = new Uint8Array(BLOCK)
  return block.subarray(0, readSync(file, block, 0, BLOCK, index * BLOCK))
}
