import { refusal } from '../../harness/model/index.ts'
import { accountOf, type Doings } from './account.ts'
import { hitsBody, readQuery } from './bodies.ts'
import type { Found, SimCollection } from './collection.ts'
import type { Asked } from './flaws.ts'
import { fated, type Handler, type Handling, type Reply, type Sim } from './handling.ts'

interface Query {
  readonly vector: Float32Array
  readonly k: number
}

interface Answer {
  readonly hits: readonly Found[]
  readonly doings: Doings
  readonly shuffled: boolean
}

/** `search`: the visible rows by way of the flawed index. `exact`: the same rows, index off. */
export const search: Handler = (sim, handling) => {
  const { request, asked, fate } = handling
  const { name, collection } = sim.catalog.find(request.name)
  const query = readQuery(request.body)
  checkVector(query.vector, collection.dimensions)
  const answer =
    request.verb === 'exact'
      ? exactAnswer(collection, query)
      : indexAnswer(sim, collection, asked, query)
  return {
    ...fated(fate, hitsBody(answer.hits)),
    ...(sim.options.logSearches ? logged(handling, name, collection, query, answer) : {}),
  }
}

/** The account is drawn up at the search's own instant, and written once it is answered. */
const logged = (
  { request, received, fate }: Handling,
  name: string,
  collection: SimCollection,
  { vector, k }: Query,
  { hits, doings, shuffled }: Answer,
): Pick<Reply, 'truth'> => {
  const via = request.verb === 'exact' ? 'exact' : 'search'
  const account = accountOf(collection, { vector, k, via, hits, doings })
  const turnover = collection.turnover.value()
  return {
    truth: (answered) => [
      {
        event: 'search',
        collection: name,
        via,
        k,
        received,
        answered,
        answer: fate.answer,
        late: fate.late > 0,
        turnover,
        returned: hits.map(({ id }) => id),
        shuffled,
        ...account,
      },
    ],
  }
}

const checkVector = (vector: Float32Array, dimensions: number): void => {
  if (vector.length !== dimensions) {
    throw refusal(`the query has ${vector.length} dimensions, the collection has ${dimensions}`)
  }
  for (const number of vector) {
    if (!Number.isFinite(number)) throw refusal('the query holds a number that is not finite')
  }
}

const exactAnswer = (collection: SimCollection, { vector, k }: Query): Answer => ({
  hits: collection.search(vector, k, 'exact'),
  doings: new Map(),
  shuffled: false,
})

/**
 * The nearest rows, less those left out (the next ones take their places), cut to what `clip` allows, less the places left
 * empty or filled by a copy; then shuffled.
 */
const indexAnswer = (
  { options, flaws }: Sim,
  collection: SimCollection,
  asked: Asked,
  query: Query,
): Answer => {
  const doings = new Map<number, 'missing' | 'short' | 'duplicate' | 'clip'>()
  const isSpared = (place: number) => options.spareNearest && place === 0
  const turnover = collection.turnover.value()
  const leavesOut = ({ id, version, slot }: Found, place: number): boolean => {
    const out = !isSpared(place) && flaws.leavesOut(asked, id, version, turnover)
    if (out) doings.set(slot, 'missing')
    return out
  }
  const hits: Found[] = []
  const kept = keep(collection, query, leavesOut)
  for (const [place, row] of kept.entries()) {
    const before = hits.at(-1)
    if (options.clip !== null && place >= options.clip) doings.set(row.slot, 'clip')
    else if (!isSpared(place) && flaws.leavesEmpty(asked, place)) doings.set(row.slot, 'short')
    else if (before !== undefined && flaws.repeats(asked, place)) {
      doings.set(row.slot, 'duplicate')
      hits.push(before)
    } else hits.push(row)
  }
  const order = flaws.order(asked, hits.length)
  return {
    hits: order ? order.map((place) => hits[place]!) : hits,
    doings,
    shuffled: order !== null,
  }
}

/** The k nearest of those that are not left out, looking farther until k are found or there are no more. */
const keep = (
  collection: SimCollection,
  { vector, k }: Query,
  leavesOut: (hit: Found, place: number) => boolean,
): Found[] => {
  for (let reach = k; ; reach *= 2) {
    const found = collection.search(vector, reach, 'index')
    const kept: Found[] = []
    for (const [place, hit] of found.entries()) {
      if (kept.length === k) break
      if (!leavesOut(hit, place)) kept.push(hit)
    }
    if (kept.length === k || found.length < reach) return kept
  }
}
