import { type Collection, type Engine, type Hit, refusal } from '../../harness/model/index.ts'
import { type Connections, connect, once, type Rows } from './connections.ts'
import {
  checkCollection,
  effortOf,
  type Index,
  type PgvectorOptions,
  parseIndex,
  refuseOption,
} from './options.ts'
import * as schema from './schema.ts'
import * as sql from './sql.ts'

/** Creates the table and its index if there is neither a table nor an alias of that name, else attaches. */
export const openEngine = async (
  url: string,
  options: PgvectorOptions,
  at: Collection,
): Promise<Engine> => {
  checkCollection(at)
  const index = parseIndex(at.index)
  const effort = effortOf(options, index)
  const pglite = await prepare(url, at, index)
  const connections = await connect(url, {
    max: pglite ? 1 : (options.pool ?? at.connections),
    session: schema.session({ ...options, ...at, kind: index.kind, effort }),
    shared: pglite,
  })
  return engineOn(connections, at, index, effort)
}

/** Makes sure the collection is there and is the one asked for; tells whether the server is PGlite. */
const prepare = (url: string, at: Collection, index: Index): Promise<boolean> =>
  once(url, async (ask) => {
    const pglite = isPglite((await ask('SELECT version()'))[0])
    if (pglite && at.durability === 'disk')
      throw refuseOption('durability', '"disk" is not offered by PGlite, which keeps all in memory')
    await ask(schema.createExtension)
    await ask(schema.createTable(at.name, at.dimensions, at.metric, index))
    const [found] = await ask(schema.relation(at.name))
    if (!found) throw refuseOption('name', `"${at.name}" is there already and is no collection`)
    if (found[1] !== at.dimensions)
      throw refuseOption('dimensions', `"${at.name}" has ${found[1]}, not ${at.dimensions}`)
    return pglite
  })

/** Reads the row of `SELECT version()`. */
export const isPglite = (row: Rows[number] | undefined): boolean =>
  String(row?.[0]).includes('PGlite')

/** Without a request of its own, `plan` explains the last search's k; this one until there is one. */
const FIRST_K = 10

const engineOn = (
  { ask, close }: Connections,
  { name, metric, dimensions }: Collection,
  index: Index,
  effort: number | undefined,
): Engine => {
  let lastK = FIRST_K
  const searchText = (vector: Float32Array, k: number, asked = effort) =>
    sql.search({ name, metric, kind: index.kind, vector, k, effort: asked })
  const refuseZero = (vectors: readonly Float32Array[]) => {
    if (metric === 'cosine' && vectors.some(isZero))
      throw refusal('pgvector: a zero vector has no cosine distance')
  }
  const upsert: Engine['upsert'] = async (rows, signal) => {
    refuseZero(rows.map(({ vector }) => vector))
    if (rows.length > 0) await ask(sql.upsert(name, rows), signal)
  }
  return {
    close,
    upsert,
    delete: async (ids, signal) => {
      await ask(sql.remove(name, ids), signal)
    },
    search: async (vector, k, signal, asked) => {
      refuseZero([vector])
      lastK = k
      return hitsOf(await ask(searchText(vector, k, asked), signal))
    },
    exact: async (vector, k, signal) => {
      refuseZero([vector])
      return hitsOf(await ask(sql.exactSearch({ name, metric, vector, k }), signal))
    },
    get: async (ids, signal) => hitsOf(await ask(sql.get(name, ids), signal)),
    count: async (signal) => Number((await ask(sql.count(name), signal))[0]?.[0]),
    /** Into the bare table; the index is built over what it then holds. */
    bulkLoad: async (batches, signal) => {
      for (const [old] of await ask(schema.indexes(name), signal))
        await ask(`DROP INDEX ${old}`, signal)
      for await (const rows of batches) await upsert(rows, signal)
      if (index.kind !== 'exact') await ask(schema.createIndex(name, index, metric), signal)
    },
    /** What is committed is searchable; fresh statistics let the planner see that the index is worth it. */
    settle: async (signal) => {
      await ask(`ANALYZE ${sql.identifier(name)}`, signal)
    },
    /** Removes dead rows from the table and repairs the graph around them. */
    compact: async (signal) => {
      await ask(`VACUUM ${sql.identifier(name)}`, signal)
    },
    stats: async () => {
      const [row = []] = await ask(schema.stats(name))
      return Object.fromEntries(row.map((value, i) => [schema.STATS[i], Number(value)]))
    },
    plan: async () => {
      const vector = new Float32Array(dimensions).fill(1)
      const lines = await ask(`EXPLAIN ${searchText(vector, lastK)}`)
      return lines.some(([line]) => String(line).includes('Index Scan using')) ? 'index' : 'exact'
    },
  }
}

const hitsOf = (rows: Rows): Hit[] =>
  rows.map(([id, version]) => ({ id: id as number, version: version as number }))

/** pgvector stores such a row under cosine, but never indexes it; no distance to it is defined. */
const isZero = (vector: Float32Array): boolean => vector.every((x) => x === 0)
