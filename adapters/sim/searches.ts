import { type Hit, refusal } from '../../harness/model/index.ts'
import { hitsBody, readQuery } from './bodies.ts'
import type { SimCollection } from './collection.ts'
import type { Asked } from './flaws.ts'
import { fated, type Handler, type Sim } from './handling.ts'
import type { Left } from './truth.ts'

interface Query {
  readonly vector: Float32Array
  readonly k: number
}

interface Answer {
  readonly hits: readonly Required<Hit>[]
  readonly left: readonly Left[]
}

/** `search`: the visible rows by way of the flawed index. `exact`: the same rows, index off. */
export const search: Handler = (sim, { request, received, asked, fate }) => {
  const { name, collection } = sim.catalog.find(request.name)
  const query = readQuery(request.body)
  checkVector(query.vector, collection.dimensions)
  const via = request.verb === 'exact' ? 'exact' : 'search'
  const { hits, left } =
    via === 'exact' ? exactAnswer(collection, query) : indexAnswer(sim, collection, asked, query)
  return {
    ...fated(fate, hitsBody(hits)),
    truth: (answered) =>
      sim.options.logSearches
        ? [
            {
              event: 'search',
              collection: name,
              via,
              k: query.k,
              received,
              answered,
              answer: fate.answer,
              returned: hits.map(({ id }) => id),
              left,
            },
          ]
        : [],
  }
}

const checkVector = (vector: Float32Array, dimensions: number): void => {
  if (vector.length !== dimensions) {
    throw refusal(`the query has ${vector.length} dimensions, the collection has ${dimensions}`)
  }
  if (!vector.every(Number.isFinite)) throw refusal('the query holds a number that is not finite')
}

const exactAnswer = (collection: SimCollection, { vector, k }: Query): Answer => ({
  hits: collection.search(vector, k, 'exact'),
  left: [],
})

/** The nearest rows, less those left out (the next ones take their places), less the places left empty. */
const indexAnswer = (
  { options, flaws }: Sim,
  collection: SimCollection,
  asked: Asked,
  { vector, k }: Query,
): Answer => {
  const isSpared = (place: number) => options.spareNearest && place === 0
  const { kept, missing } = keep(collection, { vector, k }, ({ id, version }, place) =>
    isSpared(place) ? true : !flaws.leavesOut(asked, id, version),
  )
  const isEmpty = kept.map((_, place) => !isSpared(place) && flaws.leavesEmpty(asked, place))
  return {
    hits: kept.filter((_, place) => !isEmpty[place]),
    left: [
      ...missing.map((hit) => ({ ...hit, why: 'missing' as const })),
      ...kept
        .filter((_, place) => isEmpty[place])
        .map((hit) => ({ ...hit, why: 'short' as const })),
    ],
  }
}

/**
 * The k nearest of those that stay, looking farther until k are found or there are no more; `missing`: those of the k
 * nearest that do not stay.
 */
const keep = (
  collection: SimCollection,
  { vector, k }: Query,
  stays: (hit: Required<Hit>, place: number) => boolean,
) => {
  for (let reach = k; ; reach *= 2) {
    const found = collection.search(vector, reach, 'index')
    const staying = found.map(stays)
    const kept = found.filter((_, place) => staying[place])
    if (kept.length < k && found.length === reach) continue
    const missing = found.slice(0, k).filter((_, place) => !staying[place])
    return { kept: kept.slice(0, k), missing }
  }
}
