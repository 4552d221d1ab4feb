import type { Collections } from './collections.ts'
import { ENGINE_VERSION } from './engine/index.ts'
import { hitsJson, jsonAlias, jsonCollection, jsonIds, jsonQuery, jsonRows } from './json.ts'
import { bulk, clear, compact, exact, remove, search, upsert } from './operations.ts'
import { refused } from './refused.ts'
import { type Hits, hitsBody, readIds, readQuery, readRows } from './wire.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  /** Is the body one of wire.ts? Else it is JSON. */
  readonly binary: boolean
  readonly body: Uint8Array
}

type Route = (collections: Collections, name: string, asked: Asked) => object | Promise<object>

/** Every route; NAME is a collection or an alias. */
const ROUTES: Readonly<Record<string, Route>> = {
  'GET /': ({ journal }) => ({
    name: 'driftmark-hnsw',
    version: ENGINE_VERSION,
    pid: process.pid,
    durability: journal.durability,
  }),
  'POST /checkpoint': (all) => all.journal.checkpoint(),
  'GET /collections': (all) => all.list(),
  'PUT /collections/NAME': async (all, name, { body }) => ({
    created: await all.create(name, jsonCollection(body)),
  }),
  'GET /collections/NAME': (all, name) => {
    const held = all.find(name)
    return { name: held.name, ...held.options, count: held.index.live }
  },
  'DELETE /collections/NAME': async (all, name) => {
    await all.drop(name)
    return { dropped: name }
  },
  'POST /collections/NAME/upsert': async (all, name, asked) => {
    const held = all.find(name)
    const rows = rowsOf(asked, held.options.dimensions)
    await upsert(held, rows)
    return { upserted: rows.ids.length }
  },
  'POST /collections/NAME/bulk': async (all, name, asked) => {
    const held = all.find(name)
    const rows = rowsOf(asked, held.options.dimensions)
    await bulk(held, rows)
    return { upserted: rows.ids.length }
  },
  'POST /collections/NAME/delete': async (all, name, asked) => ({
    deleted: await remove(all.find(name), idsOf(asked)),
  }),
  'POST /collections/NAME/clear': async (all, name) => ({ deleted: await clear(all.find(name)) }),
  'POST /collections/NAME/get': (all, name, asked) =>
    answer(all.find(name).index.get(idsOf(asked)), asked),
  'POST /collections/NAME/search': (all, name, asked) =>
    answer(search(all.find(name), queryOf(asked)), asked),
  'POST /collections/NAME/exact': (all, name, asked) =>
    answer(exact(all.find(name), queryOf(asked)), asked),
  'GET /collections/NAME/count': (all, name) => ({ count: all.find(name).index.live }),
  'GET /collections/NAME/stats': (all, name) => all.find(name).index.stats(),
  'GET /collections/NAME/shape': (all, name) => all.find(name).index.shape(),
  'POST /collections/NAME/compact': async (all, name) => {
    const held = all.find(name)
    await compact(held)
    return held.index.stats()
  },
  'PUT /aliases/NAME': async (all, alias, { body }) => {
    const collection = jsonAlias(body)
    await all.alias(alias, collection)
    return { alias, collection }
  },
}

/** The answer to one request: bytes to be sent as they are, or what becomes JSON. Throws `Refused` for what the server refuses. */
export const answerTo = async (
  collections: Collections,
  asked: Asked,
): Promise<Uint8Array | object> => {
  const [, area = '', name = '', ...verb] = asked.path.split('/')
  const pattern = [area, ...(name ? ['NAME'] : []), ...verb].join('/')
  const route = ROUTES[`${asked.method} /${pattern}`]
  if (!route) throw refused(404, 'no-such-route', `there is no ${asked.method} ${asked.path}`)
  return await route(collections, name, asked)
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
