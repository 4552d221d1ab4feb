import type { Vectors } from '../../model/index.ts'

/** Floats that are held at once. */
const CHUNK = 1 << 18

const head = (count: number, width: number): Uint8Array => bytesOf(Uint32Array.of(count, width))

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array | Int32Array | Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)

/** fbin: u32 count, u32 dimensions, float32 rows back to back; `at(n)` gives vector n, valid until the next call. Little-endian, as this machine is. */
export function* fbinOf(
  count: number,
  dimensions: number,
  at: (n: number) => Float32Array,
): Generator<Uint8Array> {
  yield head(count, dimensions)
  const rows = Math.max(1, Math.floor(CHUNK / dimensions))
  for (let from = 0; from < count; from += rows) {
    const chunk = new Float32Array(Math.min(rows, count - from) * dimensions)
    for (let i = 0; i * dimensions < chunk.length; i++) chunk.set(at(from + i), i * dimensions)
    yield bytesOf(chunk)
  }
}

/** A whole matrix as fbin. */
export const fbinOfVectors = (vectors: Vectors): Generator<Uint8Array> =>
  fbinOf(vectors.count, vectors.dimensions, (n) => vectors.at(n))

/** A truth file (`step<N>.gt100`): u32 queries, u32 k, int32 tags, then float32 distances. */
export function* truthFileOf(truth: {
  readonly queries: number
  readonly k: number
  readonly tags: Int32Array
  readonly distances: Float32Array
}): Generator<Uint8Array> {
  yield head(truth.queries, truth.k)
  yield bytesOf(truth.tags)
  yield bytesOf(truth.distances)
}

/** The tags that are live at a step (`step<N>.tags`): u32 count, u32 1, u32 tags. */
export function* tagsFileOf(tags: Uint32Array): Generator<Uint8Array> {
  yield head(tags.length, 1)
  yield bytesOf(tags)
}
