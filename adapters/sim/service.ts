import type { Metric, Micros } from '../../harness/model/index.ts'
import { hitsBody, jsonBody, readIds, readJson, readText, textBody } from './bodies.ts'
import { createCatalog } from './catalog.ts'
import { type Asked, createFlaws, hashOf, type RequestFate } from './flaws.ts'
import { type Handler, ok, type Reply, type Sim } from './handling.ts'
import type { SimOptions } from './options.ts'
import { type Request, VERBS, type Verb } from './protocol.ts'
import { search } from './searches.ts'
import { load, remove, upsert } from './writes.ts'

/** A request whose turn has come. */
export interface Turn {
  readonly request: Request
  /** When it came. */
  readonly received: Micros
  /** When it is carried out. */
  readonly handled: Micros
  /** It was carried out before a crash, which forgot it. */
  readonly forgotten?: boolean
}

/** Carries a request out and says what is to be answered, and when. It has no other clock than the instants of its turns. */
export type Service = (turn: Turn) => Reply

/** The verbs that may meet an error or a time-out by the options, and that count for the capacity. */
const JUDGED: ReadonlySet<Verb> = new Set<Verb>(['upsert', 'delete', 'search', 'exact'])
export const isJudged = ({ verb }: Request): boolean => JUDGED.has(verb)
const FINE: RequestFate = { answer: 'ok', happens: true, late: 0 }

export const createService = (options: SimOptions): Service => {
  let at: Micros = 0
  const now = () => at
  const sim: Sim = { options, now, catalog: createCatalog(now), flaws: createFlaws(options) }
  const asked = countRequests()
  return ({ request, received, handled, forgotten = false }) => {
    at = handled
    const judged = isJudged(request)
    const own = judged ? asked(request) : { hash: 0, time: 0 }
    const fate = judged ? sim.flaws.request(own) : FINE
    try {
      return HANDLERS[request.verb](sim, { request, received, asked: own, fate, forgotten })
    } catch (error) {
      const refused = error instanceof Error && 'outcome' in error
      const sentence = error instanceof Error ? error.message : String(error)
      return { status: refused ? 'fail' : 'unknown', body: textBody(sentence) }
    }
  }
}

/** How often the same bytes were asked for before. */
const countRequests = () => {
  const times = new Map<number, number>()
  return ({ verb, body }: Request): Asked => {
    const hash = hashOf(body) ^ VERBS.indexOf(verb)
    const time = times.get(hash) ?? 0
    times.set(hash, time + 1)
    return { hash, time }
  }
}

/** Does it, and puts it down as done. */
const control =
  (event: 'open' | 'compact' | 'drop' | 'swap', act: Handler): Handler =>
  (sim, handling) => {
    const { name: collection, body } = handling.request
    const to = event === 'swap' ? { to: readText(body) } : {}
    return {
      ...act(sim, handling),
      truth: () => [{ event, collection, at: handling.received, ...to }],
    }
  }

const HANDLERS: Record<Verb, Handler> = {
  upsert,
  load,
  delete: remove,
  search,
  exact: search,
  open: control('open', ({ catalog }, { request: { name, body } }) => {
    catalog.open(name, readJson(body) as { dimensions: number; metric: Metric })
    return ok()
  }),
  get: ({ catalog }, { request: { name, body } }) =>
    ok(hitsBody(catalog.find(name).collection.get(readIds(body)))),
  count: ({ catalog }, { request: { name } }) =>
    ok(jsonBody(catalog.find(name).collection.count())),
  stats: ({ catalog }, { request: { name } }) =>
    ok(jsonBody(catalog.find(name).collection.stats())),
  facts: ({ options }) => ok(jsonBody(options)),
  settle: ({ catalog }, { request: { name } }) => ({
    ...ok(),
    due: catalog.find(name).collection.settled(),
  }),
  compact: control('compact', ({ catalog }, { request: { name } }) => {
    catalog.find(name).collection.compact()
    return ok()
  }),
  drop: control('drop', ({ catalog }, { request: { name } }) => {
    catalog.drop(name)
    return ok()
  }),
  swap: control('swap', ({ catalog }, { request: { name, body } }) => {
    catalog.swap(name, readText(body))
    return ok()
  }),
}
