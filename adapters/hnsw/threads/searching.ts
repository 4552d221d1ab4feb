import { attachHnsw, type Hits, type HnswReader, type SharedIndex } from '../engine/index.ts'
import { refused } from '../refused.ts'

/** A question to an index, checked. */
export interface Question {
  readonly verb: 'search' | 'exact'
  readonly vector: Float32Array
  readonly k: number
  readonly ef: number
}

/** What a thread that searches can do. It joins an edition before it is asked about it. */
export interface Searching {
  /** The number of its place among the readers of the edition. */
  join(edition: number, shared: SharedIndex): number
  leave(edition: number): void
  find(edition: number, question: Question): Hits
  /** Searches in this edition that measured every row. */
  scans(edition: number): number
}

export const createSearching = (): Searching => {
  const readers = new Map<number, HnswReader>()
  return {
    join: (edition, shared) =>
      unlessFull(() => {
        const reader = attachHnsw(shared)
        readers.set(edition, reader)
        return reader.place
      }),
    leave: (edition) => {
      readers.get(edition)?.close()
      readers.delete(edition)
    },
    find: (edition, question) => {
      const reader = readers.get(edition)
      if (!reader) throw refused(404, 'no-such-collection', 'it has just been dropped or cleared')
      return hitsOf(reader, question)
    },
    scans: (edition) => readers.get(edition)?.scans ?? 0,
  }
}

export const hitsOf = (reader: HnswReader, { verb, vector, k, ef }: Question): Hits =>
  unlessFull(() => (verb === 'exact' ? reader.exact(vector, k) : reader.search(vector, k, ef)))

/** What searches work in lies in the memory of the index: where it ends, they are refused (503). */
const unlessFull = <Result>(work: () => Result): Result => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw refused(503, 'full', `memory does not suffice for this search: ${error.message}`)
  }
}
