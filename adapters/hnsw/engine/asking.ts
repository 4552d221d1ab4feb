import type { Hits } from './hnsw.ts'
import type { Kernel, SharedMemory } from './memory.ts'

/** How a thread asks: it has a context of its own in the memory, in which one search at a time takes place. */
export interface Asking {
  /** Makes a vector the query; RangeError where it has not the index's dimensions. */
  ask(vector: Float32Array): void
  search(vector: Float32Array, k: number, ef: number, rerank?: number): Hits
  exact(vector: Float32Array, k: number): Hits
  get(ids: Iterable<number>): Hits
  /** Searches that the links led to too few rows, and that measured every row instead. */
  readonly scans: number
}

/** A scan passes over a row that is replaced under it if the new one lies before the old; it is repeated so often at most. */
const TRIES = 10

/** A whole number of rows, at most so many; 0 for what is none. */
const clamped = (count: number, most: number): number =>
  Math.max(0, Math.min(Math.floor(count), most)) || 0

export const createAsking = (
  kernel: Kernel,
  memory: SharedMemory,
  context: number,
  dimensions: number,
  kind: 'hnsw' | 'exact',
  taken: (result: number) => number,
): Asking => {
  const at = kernel.vectorAt(context) >>> 0
  const query = new Float32Array(memory.buffer, at, dimensions)
  // A memory that grows shows itself as another buffer; what is beyond the end of the old one needs new views.
  let u32 = new Uint32Array(memory.buffer)
  let i32 = new Int32Array(u32.buffer)
  let f32 = new Float32Array(u32.buffer)
  const seeTo = (end: number): void => {
    if (end <= u32.byteLength) return
    u32 = new Uint32Array(memory.buffer)
    i32 = new Int32Array(u32.buffer)
    f32 = new Float32Array(u32.buffer)
  }
  const told = (found: number): Hits => {
    const from = kernel.resultAt(context) >>> 0
    seeTo(from + 12 * found)
    const first = from >>> 2
    return {
      ids: u32.slice(first, first + found),
      versions: i32.slice(first + found, first + 2 * found),
      distances: f32.slice(first + 2 * found, first + 3 * found),
    }
  }
  const ask = (vector: Float32Array): void => {
    if (vector.length !== dimensions) {
      throw new RangeError(`hnsw: the vector has ${vector.length} floats, not ${dimensions}`)
    }
    query.set(vector)
    kernel.prepareQuery(context)
  }
  const scan = (k: number): Hits => {
    let found = k === 0 ? 0 : taken(kernel.exactKnn(context, k))
    for (let i = 0; i < TRIES && found < Math.min(k, kernel.liveRows()); i++) {
      found = taken(kernel.exactKnn(context, k))
    }
    return told(found)
  }
  let scans = 0
  return {
    ask,
    search: (vector, k, ef, rerank = Number.POSITIVE_INFINITY) => {
      ask(vector)
      const live = kernel.liveRows()
      const wanted = clamped(k, live)
      if (kind === 'exact' || wanted === 0) return scan(wanted)
      const kept = Math.max(clamped(ef, live), wanted)
      const again = clamped(rerank, kept)
      const found = taken(kernel.knnSearch(context, wanted, kept, again))
      if (found === wanted) return told(found)
      scans++
      return scan(wanted)
    },
    exact: (vector, k) => {
      ask(vector)
      return scan(clamped(k, kernel.liveRows()))
    },
    get: (ids) => {
      const asked = [...ids]
      const room = kernel.roomFor(context, asked.length) >>> 0
      if (room === 0) taken(-1)
      seeTo(room + 4 * asked.length)
      u32.set(asked, room >>> 2)
      return told(kernel.tellRows(context, asked.length))
    },
    get scans() {
      return scans
    },
  }
}
