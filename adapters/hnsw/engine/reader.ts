import { createAsking } from './asking.ts'
import type { Hits, Kind, Parameters } from './hnsw.ts'
import { kernelOn, type SharedMemory } from './memory.ts'

/** What a thread needs to read an index of another one: it can be posted to it. */
export interface SharedIndex {
  readonly memory: SharedMemory
  readonly parameters: Parameters
  readonly kind: Kind
}

/** Searches in an index that another thread writes, without locks: what is acknowledged is found, and no row is given half. */
export interface HnswReader {
  /** As `Hnsw.search`; k is held against the rows that live when the search begins. */
  search(vector: Float32Array, k: number, ef: number, rerank?: number): Hits
  exact(vector: Float32Array, k: number): Hits
  get(ids: Iterable<number>): Hits
  readonly live: number
  readonly scans: number
  /** The number of its place, for `Hnsw.forsake` where its thread has died. */
  readonly place: number
  /** Nothing may be asked after it. */
  close(): void
}

/** Takes one of the 64 places for readers; RangeError where all are taken, or memory has ended. */
export const attachHnsw = ({ memory, parameters, kind }: SharedIndex): HnswReader => {
  const kernel = kernelOn(memory)
  const place = kernel.joinReaders()
  if (place === -1) throw new RangeError('hnsw: this index has as many readers as it can have')
  const taken = (result: number): number => {
    if (result === -1) throw new RangeError('hnsw: the memory of this index has ended')
    return result
  }
  const context = kernel.createContext(place)
  if (context === 0) {
    kernel.leaveReaders(place)
    taken(-1)
  }
  const asking = createAsking(kernel, memory, context, parameters.dimensions, kind, taken)
  return {
    search: asking.search,
    exact: asking.exact,
    get: asking.get,
    get live() {
      return kernel.liveRows()
    },
    get scans() {
      return asking.scans
    },
    place,
    close: () => kernel.leaveReaders(place),
  }
}
