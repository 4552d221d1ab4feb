import type { Held } from './collections.ts'
import type { Hits } from './engine/index.ts'
import { indexOf } from './index-of.ts'
import { LIMITS, wrongDimensions } from './json.ts'
import { refused } from './refused.ts'
import { absent } from './store/catalog.ts'
import type { Query, Rows } from './wire.ts'

/** Milliseconds that long work may hold the thread before other requests get their turn. */
const SLICE = 2

/** Rows that a bulk load commits at once; others get their turn in between. */
const CHUNK = 16

/** Stores the rows, all or none; resolves when they last. Acknowledged is searchable. Of one id twice, the last holds. */
export const upsert = (held: Held, rows: Rows): Promise<void> => {
  checkRows(held, rows)
  return store(held, rows)
}

/** The same for a large batch, with turns for other requests in between: they may see part of it. */
export const bulk = async (held: Held, rows: Rows): Promise<void> => {
  checkRows(held, rows)
  await inSlices(chunks(rows), (chunk) => store(held, chunk))
}

function* chunks({ dimensions, ids, versions, vectors }: Rows): Generator<Rows, void> {
  for (let from = 0; from < ids.length; from += CHUNK) {
    const to = from + CHUNK
    yield {
      dimensions,
      ids: ids.subarray(from, to),
      versions: versions.subarray(from, to),
      vectors: vectors.subarray(from * dimensions, to * dimensions),
    }
  }
}

const store = async (held: Held, rows: Rows): Promise<void> => {
  const { ids, versions, vectors, dimensions } = rows
  held.pending += ids.length
  try {
    await held.journal.commit({ kind: 'upsert', collection: held.number, rows }, () => {
      checkPresent(held)
      for (let i = 0; i < ids.length; i++) {
        const vector = vectors.subarray(i * dimensions, (i + 1) * dimensions)
        held.index.upsert(ids[i]!, versions[i]!, vector)
      }
    })
  } finally {
    held.pending -= ids.length
  }
}

/** What was asked before a drop may be committed after it. */
const checkPresent = (held: Held): void => {
  if (held.dropped) throw absent(held.name)
}

const checkRows = ({ options, index, pending }: Held, { ids, dimensions, vectors }: Rows): void => {
  if (dimensions !== options.dimensions) {
    throw wrongDimensions('the body', dimensions, options.dimensions)
  }
  const odd = notFinite(vectors)
  if (odd !== -1) {
    const id = ids[Math.floor(odd / dimensions)]
    throw refused(400, 'not-finite', `the vector of row ${id} holds ${vectors[odd]}`)
  }
  try {
    index.reserve(pending + ids.length)
  } catch (error) {
    throw refused(503, 'full', `memory does not suffice: ${(error as Error).message}`)
  }
}

/** Ids that are not there are passed over. Resolves with how many were, when they are gone for good. */
export const remove = (held: Held, ids: Uint32Array): Promise<number> =>
  held.journal.commit({ kind: 'delete', collection: held.number, ids }, () => {
    checkPresent(held)
    let removed = 0
    for (const id of ids) if (held.index.delete(id)) removed++
    return removed
  })

/** Takes every row out at once. Resolves with how many there were. */
export const clear = (held: Held): Promise<number> =>
  held.journal.commit({ kind: 'clear', collection: held.number }, () => {
    checkPresent(held)
    const removed = held.index.live
    held.index = indexOf(held.options)
    return removed
  })

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

/** Does the work step by step and gives others their turn whenever a slice of time is used up. */
const inSlices = async <Step>(
  work: Iterator<Step>,
  perform: (step: Step) => Promise<void>,
): Promise<void> => {
  let began = performance.now()
  for (let step = work.next(); !step.done; step = work.next()) {
    await perform(step.value)
    if (performance.now() - began < SLICE) continue
    await new Promise<void>((resolve) => setImmediate(resolve))
    began = performance.now()
  }
}
