/**
 * The binary bodies, little-endian, packed without padding. They travel as application/octet-stream; the same routes take
 * and give JSON (json.ts) for people. Errors are JSON always.
 *
 *   rows     u32 n · u32 dimensions · u32 ids[n] · i32 versions[n] · f32 vectors[n · dimensions]     upsert, bulk
 *   ids      u32 ids[n]                                                                              delete, get
 *   query    u32 k · u32 ef (0: the collection's own) · f32 vector[dimensions]                       search, exact
 *   hits     u32 n · u32 ids[n] · i32 versions[n] · f32 distances[n]                                 search, exact, get
 *
 * Arrays are views of the body where its alignment allows: no copy, no loop. So both ends are little-endian machines.
 */

export interface Rows {
  readonly dimensions: number
  readonly ids: Uint32Array
  readonly versions: Int32Array
  readonly vectors: Float32Array
}

export interface Query {
  readonly k: number
  /** 0: the collection's own. */
  readonly ef: number
  readonly vector: Float32Array
}

export interface Hits {
  readonly ids: Uint32Array
  readonly versions: Int32Array
  readonly distances: Float32Array
}

const WORD = 4

/** The body of an upsert. All vectors have `dimensions` floats; a row without a version has 0. */
export const rowsBody = (
  rows: readonly { id: number; version?: number; vector: Float32Array }[],
  dimensions: number,
): Uint8Array => {
  const n = rows.length
  const body = new ArrayBuffer(WORD * (2 + n * (2 + dimensions)))
  const words = new Uint32Array(body)
  const versions = new Int32Array(body, WORD * (2 + n), n)
  const vectors = new Float32Array(body, WORD * (2 + 2 * n))
  words[0] = n
  words[1] = dimensions
  for (let i = 0; i < n; i++) {
    const { id, version = 0, vector } = rows[i]!
    words[2 + i] = id
    versions[i] = version
    vectors.set(vector, i * dimensions)
  }
  return new Uint8Array(body)
}

export const idsBody = (ids: readonly number[]): Uint8Array =>
  new Uint8Array(Uint32Array.from(ids).buffer)

export const queryBody = (vector: Float32Array, k: number, ef: number): Uint8Array => {
  const body = new Float32Array(2 + vector.length)
  const words = new Uint32Array(body.buffer)
  words[0] = k
  words[1] = ef
  body.set(vector, 2)
  return new Uint8Array(body.buffer)
}

export const hitsBody = ({ ids, versions, distances }: Hits): Uint8Array => {
  const n = ids.length
  const words = new Uint32Array(1 + 3 * n)
  words[0] = n
  words.set(ids, 1)
  new Int32Array(words.buffer, WORD * (1 + n)).set(versions)
  new Float32Array(words.buffer, WORD * (1 + 2 * n)).set(distances)
  return new Uint8Array(words.buffer)
}

/** Rows of a body; null if it is not one: its length must fit n and dimensions exactly. */
export const readRows = (bytes: Uint8Array): Rows | null => {
  const words = wordsOf(bytes)
  if (!words || words.length < 2) return null
  const n = words[0]!
  const dimensions = words[1]!
  if (words.length !== 2 + n * (2 + dimensions)) return null
  const at = words.byteOffset + WORD * 2
  return {
    dimensions,
    ids: words.subarray(2, 2 + n),
    versions: new Int32Array(words.buffer, at + WORD * n, n),
    vectors: new Float32Array(words.buffer, at + WORD * 2 * n, n * dimensions),
  }
}

export const readIds = (bytes: Uint8Array): Uint32Array | null => wordsOf(bytes)

export const readQuery = (bytes: Uint8Array): Query | null => {
  const words = wordsOf(bytes)
  if (!words || words.length < 2) return null
  const vector = new Float32Array(words.buffer, words.byteOffset + WORD * 2, words.length - 2)
  return { k: words[0]!, ef: words[1]!, vector }
}

export const readHits = (bytes: Uint8Array): Hits | null => {
  const words = wordsOf(bytes)
  const n = words?.[0]
  if (!words || n === undefined || words.length !== 1 + 3 * n) return null
  return {
    ids: words.subarray(1, 1 + n),
    versions: new Int32Array(words.buffer, words.byteOffset + WORD * (1 + n), n),
    distances: new Float32Array(words.buffer, words.byteOffset + WORD * (1 + 2 * n), n),
  }
}

/** The body as 32-bit words, copied only if it lies askew in memory; null if it is no whole number of them. */
const wordsOf = (bytes: Uint8Array): Uint32Array | null => {
  if (bytes.byteLength % WORD !== 0) return null
  const even = bytes.byteOffset % WORD === 0 ? bytes : Uint8Array.from(bytes)
  return new Uint32Array(even.buffer, even.byteOffset, even.byteLength / WORD)
}
