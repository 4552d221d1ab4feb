import type { Hits } from './hnsw.ts'

/** What searches need of an index, or of one segment of it. */
export interface Searching {
  /** At most `rerank` of the rows that the links led to, the nearest by their codes, are measured in floats; if not given, all of ef that may be among the k. */
  search(vector: Float32Array, k: number, ef: number, rerank?: number): Hits
  exact(vector: Float32Array, k: number): Hits
  get(ids: Iterable<number>): Hits
  readonly live: number
  /** Searches that the links led to too few rows, and that measured every row instead. */
  readonly scans: number
}

/** A segment to be searched. Numbers ascend as segments are begun. */
export interface Part extends Searching {
  readonly number: number
}

/** A search whose rows a writer took away while it was under way is repeated so often at most. */
const TRIES = 3

/**
 * Several segments searched as one: each with the whole k, ef and rerank, the answers merged by distance. So the recall is that of a search
 * with this ef in each of them, which is no less than in one graph of all rows, and the cost is the sum. `after` gives the segment that
 * follows this number, also one begun this moment; −1 is followed by the first.
 *
 * A row that is replaced stays in its segment or goes to a later one, where it is written before the old one is buried. From first to last,
 * one of the two is met at least; where both are, the later one is the newer.
 */
export const createSearching = (
  after: (number: number) => Part | undefined,
): Pick<Searching, 'search' | 'exact' | 'get'> => {
  const all = (ask: (part: Part) => Hits): Hits[] => {
    const found: Hits[] = []
    for (let part = after(-1); part; part = after(part.number)) found.push(ask(part))
    return found
  }
  const live = (): number => {
    let sum = 0
    for (let part = after(-1); part; part = after(part.number)) sum += part.live
    return sum
  }
  /** `first` is the answer of the first segment; most indexes have no other. */
  const merged = (k: number, first: Hits, next: Part, ask: (part: Part) => Hits): Hits => {
    const found = [first]
    for (let part: Part | undefined = next; part; part = after(part.number)) found.push(ask(part))
    let hits = mergedByDistance(found, k)
    for (let i = 0; i < TRIES && hits.ids.length < Math.min(Math.floor(k), live()); i++) {
      hits = mergedByDistance(all(ask), k)
    }
    return hits
  }
  return {
    search: (vector, k, ef, rerank) => {
      const first = after(-1)!
      const hits = first.search(vector, k, ef, rerank)
      const next = after(first.number)
      return next ? merged(k, hits, next, (part) => part.search(vector, k, ef, rerank)) : hits
    },
    exact: (vector, k) => {
      const first = after(-1)!
      const hits = first.exact(vector, k)
      const next = after(first.number)
      return next ? merged(k, hits, next, (part) => part.exact(vector, k)) : hits
    },
    get: (ids) => {
      const asked = Uint32Array.from(ids)
      const found = all((part) => part.get(asked))
      return found.length === 1 ? found[0]! : mergedInOrder(found, asked)
    },
  }
}

/** The k nearest of all, each id once: from the last that has it. Each of `found` is sorted. */
const mergedByDistance = (found: readonly Hits[], k: number): Hits => {
  const lastOf = new Map<number, number>()
  found.forEach(({ ids }, i) => {
    for (const id of ids) lastOf.set(id, i)
  })
  const size = Math.max(0, Math.min(Math.floor(k), lastOf.size)) || 0
  const hits = emptyHits(size)
  const heads = found.map(() => 0)
  for (let count = 0; count < size; ) {
    const nearest = nearestHead(found, heads)
    const from = found[nearest]!
    const at = heads[nearest]!++
    if (lastOf.get(from.ids[at]!) !== nearest) continue
    hits.ids[count] = from.ids[at]!
    hits.versions[count] = from.versions[at]!
    hits.distances[count++] = from.distances[at]!
  }
  return hits
}

/** Which of them has the nearest row that was not taken yet; the first of equals. */
const nearestHead = (found: readonly Hits[], heads: readonly number[]): number => {
  let nearest = -1
  let distance = 0
  for (let i = 0; i < found.length; i++) {
    const { distances } = found[i]!
    const at = heads[i]!
    if (at === distances.length || (nearest !== -1 && distances[at]! >= distance)) continue
    nearest = i
    distance = distances[at]!
  }
  return nearest
}

/** The rows of these ids in their order; of an id that several have, the last one's. */
const mergedInOrder = (found: readonly Hits[], asked: Uint32Array): Hits => {
  const versionOf = new Map<number, number>()
  for (const { ids, versions } of found) {
    ids.forEach((id, i) => {
      versionOf.set(id, versions[i]!)
    })
  }
  const ids = asked.filter((id) => versionOf.has(id))
  const versions = Int32Array.from(ids, (id) => versionOf.get(id)!)
  return { ids, versions, distances: new Float32Array(ids.length) }
}

const emptyHits = (size: number): Hits => ({
  ids: new Uint32Array(size),
  versions: new Int32Array(size),
  distances: new Float32Array(size),
})
