import type { Collection, Engine, Hit } from '../../harness/model/index.ts'
import { type Connections, connect, once, type Rows } from './connections.ts'
import { maintenance } from './maintenance.ts'
import {
  checkCollection,
  checkQuantization,
  effortOf,
  type PgvectorOptions,
  parseIndex,
  refuseOption,
} from './options.ts'
import { planOf } from './plan.ts'
import * as schema from './schema.ts'
import type { Shape } from './shape.ts'
import * as sql from './sql.ts'
import { checkServer, isPglite, VERSIONS } from './version.ts'
import { refuseZero } from './zero.ts'

/** Creates the table and its index if there is neither a table nor an alias of that name, else attaches. */
export const openEngine = async (
  url: string,
  options: PgvectorOptions,
  at: Collection,
): Promise<Engine> => {
  checkCollection(at)
  const index = parseIndex(at.index)
  const effort = effortOf(options, index)
  checkQuantization(options, at, index)
  const shape: Shape = { ...options, ...at, index }
  const pglite = await prepare(url, options, at, shape)
  const connections = await connect(url, {
    max: pglite ? 1 : (options.pool ?? at.connections),
    session: schema.session({ ...options, ...at, kind: index.kind, effort }),
    shared: pglite,
  })
  return { ...engineOn(connections, shape, effort), ...maintenance(connections, shape, options) }
}

/** Makes sure the collection is there and is the one asked for; tells whether the server is PGlite. */
const prepare = (
  url: string,
  { autovacuum, inMemory }: PgvectorOptions,
  at: Collection,
  shape: Shape,
): Promise<boolean> =>
  once(url, async (ask) => {
    const [versions = []] = await ask(VERSIONS)
    checkServer(versions, at.durability, inMemory)
    await ask(schema.createExtension)
    await ask(schema.createTable(shape, autovacuum))
    const [found] = await ask(schema.relation(at.name))
    if (!found) throw refuseOption('name', `"${at.name}" is there already and is no collection`)
    if (found[1] !== at.dimensions)
      throw refuseOption('dimensions', `"${at.name}" has ${found[1]}, not ${at.dimensions}`)
    return isPglite(versions)
  })

/** Without a request of its own, `plan` explains a search for the first axis; of the others the last one. */
const firstAsk = (dimensions: number): sql.Ask => ({
  vector: Float32Array.from({ length: dimensions }, (_, i) => (i === 0 ? 1 : 0)),
  k: 10,
})

const engineOn = (
  { ask, close }: Connections,
  shape: Shape,
  effort: number | undefined,
): Engine => {
  const { name, dimensions } = shape
  let last: sql.Ask = { ...firstAsk(dimensions), effort }
  return {
    close,
    upsert: async (rows, signal) => {
      const vectors = rows.map(({ vector }) => vector)
      refuseZero(shape, vectors)
      if (rows.length > 0) await ask(sql.upsert(name, rows), signal)
    },
    delete: async (ids, signal) => {
      await ask(sql.remove(name, ids), signal)
    },
    search: async (vector, k, signal, asked = effort) => {
      refuseZero(shape, [vector])
      last = { vector, k, effort: asked }
      return hitsOf(await ask(sql.search(shape, last), signal))
    },
    exact: async (vector, k, signal) => {
      refuseZero(shape, [vector])
      return hitsOf(await ask(sql.exactSearch(shape, { vector, k }), signal))
    },
    get: async (ids, signal) => hitsOf(await ask(sql.get(name, ids), signal)),
    count: async (signal) => Number((await ask(sql.count(name), signal))[0]?.[0]),
    plan: async () => {
      const [[plan] = []] = await ask(`EXPLAIN (FORMAT JSON) ${sql.search(shape, last)}`)
      const indexes = await ask(schema.indexes(name))
      return planOf(
        String(plan),
        indexes.map(([index]) => String(index)),
      )
    },
  }
}

const hitsOf = (rows: Rows): Hit[] =>
  rows.map(([id, version]) => ({ id: id as number, version: version as number }))
