import type { Hits } from './engine/index.ts'
import { checkPresent, type Held, makeView, renew, using } from './held.ts'
import { LIMITS, wrongDimensions } from './json.ts'
import { refused } from './refused.ts'
import { ownRows } from './threads/rows.ts'
import { hitsOf, type Question } from './threads/searching.ts'
import type { Query, Rows } from './wire.ts'

/** Rows that a bulk load commits at once, and such chunks that may be under way: what others write comes in between. */
const CHUNK = 16
const UNDER_WAY = 2

/**
 * Stores the rows, all or none; resolves when they last, and are found. Of one id twice, the last holds. A search that comes before may
 * find the first of them.
 */
export const upsert = async (held: Held, rows: Rows): Promise<void> => {
  checkRows(held, rows)
  await withRoom(held, rows.ids.length, () => store(held, rows))
}

/** The same for a large batch, chunk by chunk: where it fails, those before the failed one are stored. */
export const bulk = async (held: Held, rows: Rows): Promise<void> => {
  checkRows(held, rows)
  await withRoom(held, rows.ids.length, async () => {
    const underWay: Promise<void>[] = []
    for (const chunk of chunks(rows)) {
      const stored = store(held, chunk)
      // Told below, in its turn.
      stored.catch(() => undefined)
      underWay.push(stored)
      if (underWay.length === UNDER_WAY) await underWay.shift()
    }
    await Promise.all(underWay)
  })
}

/** What is done with room in the index for so many rows more. */
const withRoom = async (held: Held, rows: number, work: () => Promise<void>): Promise<void> => {
  const room = held.room.take(rows)
  if (room) await room
  try {
    await work()
  } finally {
    held.room.leave(rows)
  }
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
  await held.journal.commit({ kind: 'upsert', collection: held.number, rows }, () => {
    checkPresent(held)
    return held.ask('upsert', held.number, ownRows(rows))
  })
}

const checkRows = ({ options }: Held, { ids, dimensions, vectors }: Rows): void => {
  if (dimensions !== options.dimensions) {
    throw wrongDimensions('the body', dimensions, options.dimensions)
  }
  const odd = notFinite(vectors)
  if (odd === -1) return
  const id = ids[Math.floor(odd / dimensions)]
  throw refused(400, 'not-finite', `the vector of row ${id} holds ${vectors[odd]}`)
}

/** Ids that are not there are passed over. Resolves with how many were, when they are gone for good. */
export const remove = async (held: Held, ids: Uint32Array): Promise<number> =>
  await held.journal.commit({ kind: 'delete', collection: held.number, ids }, () => {
    checkPresent(held)
    return held.ask('delete', held.number, ids.slice())
  })

/** Takes every row out at once. Resolves with how many there were. */
export const clear = async (held: Held): Promise<number> => {
  const { journal, number, ask, options } = held
  const view = await makeView(ask, options)
  return await using(held, view, () =>
    journal.commit({ kind: 'clear', collection: number }, async () => {
      checkPresent(held)
      const removed = await ask('clear', number, view.edition)
      renew(held, view)
      return removed
    }),
  )
}

/** The question as it may be asked of the index, or a refusal. An ef below k is refused; the collection's own ef counts as at least k. */
export const questionOf = (
  { options }: Held,
  verb: Question['verb'],
  { k, ef, vector }: Query,
): Question => {
  checkQuery(options.dimensions, k, vector)
  if (ef > LIMITS.ef) throw refused(400, 'ef', `ef is ${ef}, at most ${LIMITS.ef} is served`)
  if (verb === 'search' && ef !== 0 && ef < k) {
    throw refused(400, 'ef', `ef is ${ef}, less than k, which is ${k}`)
  }
  return { verb, vector, k, ef: ef === 0 ? options.ef : ef }
}

/** The k nearest, by this thread. */
export const search = (held: Held, query: Query): Hits =>
  hitsOf(held.view.reader, questionOf(held, 'search', query))

/** The same by measuring every row. */
export const exact = (held: Held, query: Query): Hits =>
  hitsOf(held.view.reader, questionOf(held, 'exact', query))

const checkQuery = (dimensions: number, k: number, vector: Float32Array): void => {
  if (k < 1 || k > LIMITS.k) throw refused(400, 'k', `k is ${k}, from 1 to ${LIMITS.k} is served`)
  if (vector.length !== dimensions) {
    throw wrongDimensions('the query', vector.length, dimensions)
  }
  const odd = notFinite(vector)
  if (odd !== -1) throw refused(400, 'not-finite', `the query holds ${vector[odd]}`)
}

const notFinite = (vectors: Float32Array): number => {
  for (let i = 0; i < vectors.length; i++) if (!Number.isFinite(vectors[i])) return i
  return -1
}
