import type { Collections } from './collections.ts'
import { ENGINE_VERSION } from './engine/index.ts'
import type { Held } from './held.ts'
import { hitsJson, jsonAlias, jsonCollection, jsonIds, jsonQuery, jsonRows } from './json.ts'
import type { Metrics } from './metrics.ts'
import { OPENAPI } from './openapi.ts'
import { bulk, clear, questionOf, remove, upsert } from './operations.ts'
import { isRefused, refused } from './refused.ts'
import { statsOf, withScans } from './stats.ts'
import type { Threads } from './threads/index.ts'
import type { Searchers } from './threads/searchers.ts'
import { hitsOf, type Question } from './threads/searching.ts'
import { type Hits, hitsBody, type Query, readIds, readQuery, readRows } from './wire.ts'
import type { WriteQueue } from './write-queue.ts'

/** What the routes work on. */
export interface Parts {
  readonly collections: Collections
  readonly threads: Threads
  readonly metrics: Metrics
  readonly queue: WriteQueue
}

/** A request as it begins: its route is found before its body is read. */
export interface Matched {
  /** Its key among the routes, for instance `POST /collections/NAME/search`. */
  readonly route: string
  readonly name: string
}

export interface Asked extends Matched {
  /** Is the body one of wire.ts? Else it is JSON. */
  readonly binary: boolean
  readonly body: Uint8Array
}

/** Octets, the text of a page, or what becomes JSON. */
export type Answer = Uint8Array | string | object

type Route = (parts: Parts, asked: Asked) => Answer | Promise<Answer>

/** Every route; NAME is a collection or an alias. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /': ({ collections: { journal }, threads: { searchers } }) => ({
    name: 'driftmark-hnsw',
    version: ENGINE_VERSION,
    pid: process.pid,
    durability: journal.durability,
    threads: searchers?.count ?? 0,
  }),
  'GET /healthz': () => ({ alive: true }),
  'GET /readyz': () => ({ ready: true }),
  'GET /metrics': ({ metrics, ...parts }) => metrics.text(parts),
  'GET /openapi.json': () => OPENAPI,
  'POST /checkpoint': ({ collections }) => collections.journal.checkpoint(),
  'GET /collections': ({ collections }) => collections.list(),
  'PUT /collections/NAME': async ({ collections }, { name, body }) => ({
    created: await collections.create(name, jsonCollection(body)),
  }),
  'GET /collections/NAME': ({ collections }, { name }) => {
    const held = collections.find(name)
    return { name: held.name, ...held.options, count: held.view.reader.live }
  },
  'DELETE /collections/NAME': async ({ collections }, { name }) => {
    await collections.drop(name)
    return { dropped: name }
  },
  'POST /collections/NAME/upsert': async ({ collections }, asked) => {
    const held = collections.find(asked.name)
    const rows = rowsOf(asked, held.options.dimensions)
    await upsert(held, rows)
    return { upserted: rows.ids.length }
  },
  'POST /collections/NAME/bulk': async ({ collections }, asked) => {
    const held = collections.find(asked.name)
    const rows = rowsOf(asked, held.options.dimensions)
    await bulk(held, rows)
    return { upserted: rows.ids.length }
  },
  'POST /collections/NAME/delete': async ({ collections }, asked) => ({
    deleted: await remove(collections.find(asked.name), idsOf(asked)),
  }),
  'POST /collections/NAME/clear': async ({ collections }, { name }) => ({
    deleted: await clear(collections.find(name)),
  }),
  'POST /collections/NAME/get': ({ collections }, asked) =>
    answer(collections.find(asked.name).view.reader.get(idsOf(asked)), asked),
  'POST /collections/NAME/search': async (parts, asked) =>
    answer(await found(parts, asked, 'search'), asked),
  'POST /collections/NAME/exact': async (parts, asked) =>
    answer(await found(parts, asked, 'exact'), asked),
  'GET /collections/NAME/count': ({ collections }, { name }) => ({
    count: collections.find(name).view.reader.live,
  }),
  'GET /collections/NAME/stats': ({ collections, threads }, { name }) =>
    statsOf(collections.find(name), threads),
  'GET /collections/NAME/shape': ({ collections }, { name }) => {
    const { ask, number } = collections.find(name)
    return ask('shape', number)
  },
  'POST /collections/NAME/compact': async ({ collections, threads }, { name }) => {
    const held = collections.find(name)
    return await withScans(await held.ask('compact', held.number), held, threads)
  },
  'PUT /aliases/NAME': async ({ collections }, { name: alias, body }) => {
    const collection = jsonAlias(body)
    await collections.alias(alias, collection)
    return { alias, collection }
  },
}

/** These take packed words too (wire.ts); of the others, the body is JSON, if there is one. */
export const PACKED: ReadonlySet<string> = new Set(
  ['upsert', 'bulk', 'delete', 'get', 'search', 'exact'].map(
    (verb) => `POST /collections/NAME/${verb}`,
  ),
)

/** These wait in the queue of writes, and their bodies may be large. */
export const WRITES: ReadonlySet<string> = new Set(
  ['upsert', 'bulk', 'delete', 'clear'].map((verb) => `POST /collections/NAME/${verb}`),
)

/** The answer to one request. Throws or rejects with `Refused` for what the server refuses. */
export const answerTo = (parts: Parts, asked: Asked): Answer | Promise<Answer> =>
  ROUTES[asked.route]!(parts, asked)

/** By one of the threads that search, or else by this one. */
const found = (
  { collections, threads: { searchers } }: Parts,
  asked: Asked,
  verb: Question['verb'],
): Hits | Promise<Hits> => {
  const held = collections.find(asked.name)
  const query = queryOf(asked)
  if (searchers) return byThread(() => collections.find(asked.name), verb, query, searchers)
  return hitsOf(held.view.reader, questionOf(held, verb, query))
}

/** Times that a name is looked up for one question: another only if it leads elsewhere by then. */
const LOOKS = 10

/** A collection that is cleared, or dropped after its alias has moved, is gone when the question arrives: what the name leads to then is asked. */
const byThread = async (
  find: () => Held,
  verb: Question['verb'],
  query: Query,
  searchers: Searchers,
): Promise<Hits> => {
  for (let looks = 1; ; looks++) {
    const held = find()
    const { edition } = held.view
    try {
      return await searchers.find(edition, questionOf(held, verb, query))
    } catch (error) {
      const isGone = isRefused(error) && error.status === 404
      if (!isGone || looks === LOOKS || find().view.edition === edition) throw error
    }
  }
}

const fit = <T>(read: T | null): T => {
  if (read === null) throw refused(400, 'body', 'the length of the body does not fit its kind')
  return read
}
const rowsOf = ({ binary, body }: Asked, dimensions: number) =>
  binary ? fit(readRows(body)) : jsonRows(body, dimensions)
const idsOf = ({ binary, body }: Asked) => (binary ? fit(readIds(body)) : jsonIds(body))
const queryOf = ({ binary, body }: Asked) => (binary ? fit(readQuery(body)) : jsonQuery(body))
const answer = (hits: Hits, { binary }: Asked): object =>
  binary ? hitsBody(hits) : (hitsJson(hits) as object)
