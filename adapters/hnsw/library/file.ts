import { randomUUID } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { type Image, LAYOUT, type Parameters } from '../engine/index.ts'
import { replaceFile } from '../store/folder.ts'

/**
 * A saved index, little-endian: the word HNSW, u32 CRC-32 (ISO 3309) of head and image, u32 bytes of the head, the head (JSON), the
 * image, segment by segment.
 */
interface Head {
  /** Of the file; the first had no such word, and one image. */
  readonly format: number
  /** Of the image. */
  readonly layout: number
  readonly parameters: Parameters
  readonly consolidation: number | 'off'
  readonly ef: number
  /** Of the image of each segment. */
  readonly bytes: readonly number[]
}
export type Saved = Pick<Head, 'parameters' | 'consolidation' | 'ef'> & {
  readonly image: Image
}

const MAGIC = 'HNSW'
const FORMAT = 2
const CHECKSUM_AT = 4
const LENGTH_AT = 8
const PRELUDE = 12
/** Bytes read or written at once. */
const PIECE = 2 ** 26

/** What this process writes, by the path: the last that was asked for. It does not reject. */
const underWay = new Map<string, Promise<void>>()

/**
 * Writes beside the file of that name, makes it last (fsync), and puts it in its place: a crash leaves the old one or the new one. What this
 * process writes to one path is written in the order of the calls; of several processes, the last one that is done has its file there.
 */
export const writeIndex = async (path: string, saved: Saved): Promise<void> => {
  const whole = resolve(path)
  const write = (underWay.get(whole) ?? Promise.resolve()).then(() => replaceIndex(whole, saved))
  const settled = write.catch(() => {})
  underWay.set(whole, settled)
  try {
    await write
  } finally {
    if (underWay.get(whole) === settled) underWay.delete(whole)
  }
}

const replaceIndex = (path: string, { image, ...saved }: Saved): Promise<void> => {
  const bytes = image.map(({ length }) => length)
  const head: Head = { format: FORMAT, layout: LAYOUT, ...saved, bytes }
  const text = Buffer.from(JSON.stringify(head))
  const prelude = Buffer.alloc(PRELUDE)
  prelude.write(MAGIC)
  prelude.writeUInt32LE(checksumOf(text, image), CHECKSUM_AT)
  prelude.writeUInt32LE(text.length, LENGTH_AT)
  const write = async (file: FileHandle): Promise<void> => {
    await file.writeFile(prelude)
    await file.writeFile(text)
    for (const segment of image) {
      for (let at = 0; at < segment.length; at += PIECE) {
        await file.writeFile(segment.subarray(at, at + PIECE))
      }
    }
  }
  return replaceFile(dirname(path), basename(path), write, `driftmark-${randomUUID()}`)
}

/** What a file holds. Rejects where it is none of these, of another layout, or damaged. */
export const readIndex = async (path: string): Promise<Saved> => {
  const file = await open(path, 'r')
  try {
    const prelude = await readPrelude(file, path)
    const text = await read(file, path, prelude.length)
    const head = parsed(text.toString(), path)
    checkVersion(head, path)
    const { size } = await file.stat()
    const length = head.bytes.reduce((sum, bytes) => sum + bytes, PRELUDE + text.length)
    if (length !== size) throw damaged(path, 'its length does not fit')
    const image: Buffer[] = []
    for (const bytes of head.bytes) image.push(await read(file, path, bytes))
    if (checksumOf(text, image) !== prelude.checksum) {
      throw damaged(path, 'its checksum does not fit')
    }
    return { ...head, image }
  } finally {
    await file.close()
  }
}

const readPrelude = async (file: FileHandle, path: string) => {
  const prelude = await read(file, path, PRELUDE)
  if (prelude.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw new Error(`hnsw: ${path} is not a saved index`)
  }
  const { size } = await file.stat()
  const length = prelude.readUInt32LE(LENGTH_AT)
  if (PRELUDE + length > size) throw damaged(path, 'its end is missing')
  return { checksum: prelude.readUInt32LE(CHECKSUM_AT), length }
}

const checksumOf = (text: Uint8Array, image: Image): number =>
  image.reduce((sum, segment) => crc32(segment, sum), crc32(text))

const checkVersion = ({ format = 1, layout }: Partial<Head>, path: string): void => {
  if (format === FORMAT && layout === LAYOUT) return
  const [has, reads] = [`format ${format} and layout ${layout}`, `${FORMAT} and ${LAYOUT}`]
  throw new Error(
    `hnsw: ${path} has ${has}, this version reads ${reads}: add the rows to a new index`,
  )
}

const parsed = (text: string, path: string): Head => {
  try {
    return JSON.parse(text) as Head
  } catch (error) {
    throw damaged(path, (error as Error).message)
  }
}

const read = async (file: FileHandle, path: string, bytes: number): Promise<Buffer> => {
  const whole = Buffer.allocUnsafe(bytes)
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await file.read(whole, at, Math.min(PIECE, bytes - at))
    if (bytesRead === 0) throw damaged(path, 'its end is missing')
    at += bytesRead
  }
  return whole
}

const damaged = (path: string, why: string): Error => new Error(`hnsw: ${path} is damaged: ${why}`)
