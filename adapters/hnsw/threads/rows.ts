import type { Rows } from '../wire.ts'

/** Room for rows in a buffer of their own, as they go over to another thread. */
export const roomFor = (count: number, dimensions: number): Rows => {
  const buffer = new ArrayBuffer(4 * count * (2 + dimensions))
  return {
    dimensions,
    ids: new Uint32Array(buffer, 0, count),
    versions: new Int32Array(buffer, 4 * count, count),
    vectors: new Float32Array(buffer, 8 * count, count * dimensions),
  }
}

/** The rows in a buffer of their own: that which they came in may hold more than they, and be needed still. */
export const ownRows = ({ dimensions, ids, versions, vectors }: Rows): Rows => {
  const own = roomFor(ids.length, dimensions)
  own.ids.set(ids)
  own.versions.set(versions)
  own.vectors.set(vectors)
  return own
}

/** At most so many rows at a time; a vector given is not needed after the next one is asked for. */
export function* batchesOf(
  rows: Iterable<{ id: number; version: number; vector: Float32Array }>,
  dimensions: number,
  most: number,
): Generator<Rows, void> {
  let batch = roomFor(most, dimensions)
  let count = 0
  for (const { id, version, vector } of rows) {
    batch.ids[count] = id
    batch.versions[count] = version
    batch.vectors.set(vector, count * dimensions)
    if (++count < most) continue
    yield batch
    batch = roomFor(most, dimensions)
    count = 0
  }
  if (count > 0) yield firstOf(batch, count)
}

const firstOf = ({ dimensions, ids, versions, vectors }: Rows, count: number): Rows => ({
  dimensions,
  ids: ids.subarray(0, count),
  versions: versions.subarray(0, count),
  vectors: vectors.subarray(0, count * dimensions),
})
