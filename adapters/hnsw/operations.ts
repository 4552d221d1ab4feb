import type { Held } from './collections.ts'
import type { Hits } from './engine/index.ts'
import { LIMITS, wrongDimensions } from './json.ts'
import { refused } from './refused.ts'
import type { Query, Rows } from './wire.ts'

/** Milliseconds that long work may hold the thread before other requests get their turn. */
const SLICE = 2

/** Stores the rows, all or none, before it returns: acknowledged is searchable. Of one id twice, the last holds. */
export const upsert = (held: Held, rows: Rows): void => {
  checkRows(held, rows)
  for (let i = 0; i < rows.ids.length; i++) store(held, rows, i)
}

/** The same for a large batch, with turns for other requests in between: they may see part of it. */
export const bulk = async (held: Held, rows: Rows): Promise<void> => {
  checkRows(held, rows)
  await inSlices(stores(held, rows))
}

function* stores(held: Held, rows: Rows): Generator<void, void> {
  for (let i = 0; i < rows.ids.length; i++) {
    store(held, rows, i)
    yield
  }
}

const store = ({ index }: Held, { ids, versions, vectors, dimensions }: Rows, i: number): void =>
  index.upsert(ids[i]!, versions[i]!, vectors.subarray(i * dimensions, (i + 1) * dimensions))

const checkRows = ({ options, index }: Held, { ids, dimensions, vectors }: Rows): void => {
  if (dimensions !== options.dimensions) {
    throw wrongDimensions('the body', dimensions, options.dimensions)
  }
  const odd = notFinite(vectors)
  if (odd !== -1) {
    const id = ids[Math.floor(odd / dimensions)]
    throw refused(400, 'not-finite', `the vector of row ${id} holds ${vectors[odd]}`)
  }
  try {
    index.reserve(ids.length)
  } catch (error) {
    throw refused(503, 'full', `memory does not suffice: ${(error as Error).message}`)
  }
}

/** Ids that are not there are passed over. Returns how many were. */
export const remove = (held: Held, ids: Uint32Array): number => {
  let removed = 0
  for (const id of ids) if (held.index.delete(id)) removed++
  return removed
}

/** An ef below k is refused; the collection's own ef counts as at least k. */
export const search = (held: Held, { k, ef, vector }: Query): Hits => {
  checkQuery(held, k, vector)
  if (ef > LIMITS.ef) throw refused(400, 'ef', `ef is ${ef}, at most ${LIMITS.ef} is served`)
  if (ef !== 0 && ef < k) throw refused(400, 'ef', `ef is ${ef}, less than k, which is ${k}`)
  return held.index.search(vector, k, ef === 0 ? held.options.ef : ef)
}

export const exact = (held: Held, { k, vector }: Query): Hits => {
  checkQuery(held, k, vector)
  return held.index.exact(vector, k)
}

const checkQuery = ({ options }: Held, k: number, vector: Float32Array): void => {
  if (k < 1 || k > LIMITS.k) throw refused(400, 'k', `k is ${k}, from 1 to ${LIMITS.k} is served`)
  if (vector.length !== options.dimensions) {
    throw wrongDimensions('the query', vector.length, options.dimensions)
  }
  const odd = notFinite(vector)
  if (odd !== -1) throw refused(400, 'not-finite', `the query holds ${vector[odd]}`)
}

const notFinite = (vectors: Float32Array): number => {
  for (let i = 0; i < vectors.length; i++) if (!Number.isFinite(vectors[i])) return i
  return -1
}

/** Takes the tombstones out; one compaction at a time. */
export const compact = async (held: Held): Promise<void> => {
  if (held.compacting) throw refused(409, 'compacting', 'a compaction is under way')
  held.compacting = true
  try {
    await inSlices(held.index.compaction())
  } finally {
    held.compacting = false
  }
}

const inSlices = async (work: Iterator<void>): Promise<void> => {
  let began = performance.now()
  while (!work.next().done) {
    if (performance.now() - began < SLICE) continue
    await new Promise<void>((resolve) => setImmediate(resolve))
    began = performance.now()
  }
}
