import type { Hit, Id, Stored } from '../../harness/model/index.ts'
import type { Bytes } from './protocol.ts'

/** What the bodies of protocol.ts hold, to bytes and back. A body is aligned to four bytes: typed arrays look straight into it. */
const bytesOf = (words: ArrayBufferView<ArrayBuffer>): Bytes =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength)

export const idsBody = (ids: readonly Id[]): Bytes => bytesOf(Uint32Array.from(ids))
export const readIds = (body: Bytes): Uint32Array => new Uint32Array(body.buffer)

export interface Rows {
  readonly dimensions: number
  readonly ids: Uint32Array
  readonly versions: Uint32Array
  /** Row after row. */
  readonly vectors: Float32Array
}

/** All rows have the length of the first. */
export const rowsBody = (rows: readonly Stored[]): Bytes => {
  const dimensions = rows[0]?.vector.length ?? 0
  const body = new ArrayBuffer(8 + rows.length * (8 + 4 * dimensions))
  new Uint32Array(body, 0, 2).set([dimensions, rows.length])
  const { ids, versions, vectors } = layOut(body, dimensions, rows.length)
  rows.forEach((row, i) => {
    ids[i] = row.id
    versions[i] = row.version
    vectors.set(row.vector, i * dimensions)
  })
  return new Uint8Array(body)
}

export const readRows = (body: Bytes): Rows => {
  const [dimensions, count] = new Uint32Array(body.buffer, 0, 2)
  return { dimensions: dimensions!, ...layOut(body.buffer, dimensions!, count!) }
}

const layOut = (body: ArrayBuffer, dimensions: number, count: number) => ({
  ids: new Uint32Array(body, 8, count),
  versions: new Uint32Array(body, 8 + 4 * count, count),
  vectors: new Float32Array(body, 8 + 8 * count, count * dimensions),
})

export const queryBody = (vector: Float32Array, k: number): Bytes => {
  const body = new ArrayBuffer(4 + 4 * vector.length)
  new Uint32Array(body, 0, 1)[0] = k
  new Float32Array(body, 4).set(vector)
  return new Uint8Array(body)
}

export const readQuery = (body: Bytes): { k: number; vector: Float32Array } => ({
  k: new Uint32Array(body.buffer, 0, 1)[0]!,
  vector: new Float32Array(body.buffer, 4),
})

export const hitsBody = (hits: readonly Required<Hit>[]): Bytes => {
  const words = new Uint32Array(2 * hits.length)
  for (const [i, { id, version }] of hits.entries()) {
    words[2 * i] = id
    words[2 * i + 1] = version
  }
  return bytesOf(words)
}

export const readHits = (body: Bytes): Required<Hit>[] => {
  const words = new Uint32Array(body.buffer)
  const hits: Required<Hit>[] = []
  for (let i = 0; i < words.length; i += 2) hits.push({ id: words[i]!, version: words[i + 1]! })
  return hits
}

export const jsonBody = (value: unknown): Bytes => new TextEncoder().encode(JSON.stringify(value))
export const textBody = (text: string): Bytes => new TextEncoder().encode(text)
export const readText = (body: Bytes): string => new TextDecoder().decode(body)
export const readJson = (body: Bytes): unknown => JSON.parse(readText(body)) as unknown
