import type { Collection, Engine, Hit, Stored } from '../../harness/model/index.ts'
import { refusal } from '../../harness/model/index.ts'
import { type Connections, connect, once, type Rows } from './connections.ts'
import {
  checkCollection,
  type Index,
  type PgvectorOptions,
  parseIndex,
  refuseOption,
} from './options.ts'
import * as sql from './sql.ts'

/** Creates the table and its index if there is neither table nor view of that name, else attaches. */
export const openEngine = async (
  url: string,
  options: PgvectorOptions,
  at: Collection,
): Promise<Engine> => {
  checkCollection(at)
  const index = parseIndex(at.index)
  if (options.iterativeScan !== 'off' && index.kind !== 'hnsw')
    throw refuseOption('iterativeScan', `"${options.iterativeScan}" needs an index of kind hnsw`)
  const shared = await once(url, async (ask) => {
    const pglite = isPglite(await ask('SELECT version()'))
    if (pglite && at.durability === 'disk')
      throw refuseOption('durability', '"disk" is not offered by PGlite, which runs in memory')
    await ask(sql.createExtension)
    await ask(sql.createTable(at.name, at.dimensions, at.metric, index))
    checkDimensions(at, await ask(sql.relation(at.name)))
    return pglite
  })
  const ef = effortOf(options, index)
  const connections = await connect(url, {
    max: shared ? 1 : (options.pool ?? at.connections),
    session: sql.session(index.kind, ef, options.iterativeScan, at.durability),
    shared,
  })
  return engineOn(connections, at, index, ef)
}

/** hnsw.ef_search or ivfflat.probes where neither the request nor the server's own default decides. */
export const effortOf = (options: PgvectorOptions, index: Index): number | undefined => {
  if (options.ef !== null) return options.ef
  if (index.kind === 'hnsw') return index.ef
  return index.kind === 'ivf-flat' ? index.probes : undefined
}

export const isPglite = (version: Rows): boolean =>
  /PGlite|emscripten/.test(String(version[0]?.[0]))

const checkDimensions = (at: Collection, found: Rows): void => {
  const dimensions = found[0]?.[1]
  if (dimensions === undefined)
    throw refuseOption('name', `"${at.name}" is there already, and is no collection`)
  if (dimensions !== at.dimensions)
    throw refuseOption('dimensions', `"${at.name}" has ${dimensions}, not ${at.dimensions}`)
}

const engineOn = (
  { ask, close }: Connections,
  { name, metric, dimensions }: Collection,
  index: Index,
  ef: number | undefined,
): Engine => {
  const kind = index.kind
  let k = 10
  const search = (vector: Float32Array, effort: number | undefined) =>
    sql.search({ name, metric, kind, vector, k, effort: effort ?? ef })
  return {
    close,
    upsert: async (rows, signal) => {
      if (rows.length === 0) return
      if (metric === 'cosine') refuseZero(rows)
      await ask(sql.upsert(name, rows), signal)
    },
    delete: async (ids, signal) => {
      await ask(sql.remove(name, ids), signal)
    },
    search: async (vector, asked, signal, effort) => {
      k = asked
      return hits(await ask(search(vector, effort), signal))
    },
    exact: async (vector, k, signal) =>
      hits(await ask(sql.exactSearch({ name, metric, vector, k }), signal)),
    get: async (ids, signal) => hits(await ask(sql.get(name, ids), signal)),
    count: async (signal) => Number((await ask(sql.count(name), signal))[0]?.[0]),
    bulkLoad: async (batches, signal) => {
      for (const [old] of await ask(sql.indexes(name), signal))
        await ask(`DROP INDEX ${old}`, signal)
      for await (const rows of batches) {
        if (metric === 'cosine') refuseZero(rows)
        if (rows.length > 0) await ask(sql.upsert(name, rows), signal)
      }
      if (kind !== 'exact') await ask(sql.createIndex(name, index, metric), signal)
    },
    settle: async (signal) => {
      await ask(`ANALYZE ${sql.identifier(name)}`, signal)
    },
    compact: async (signal) => {
      await ask(`VACUUM ${sql.identifier(name)}`, signal)
    },
    stats: async () => {
      const [row] = await ask(sql.stats(name))
      return Object.fromEntries((row ?? []).map((value, i) => [sql.STATS[i], Number(value)]))
    },
    plan: async () => {
      const vector = new Float32Array(dimensions).fill(1)
      const lines = await ask(`EXPLAIN ${search(vector, undefined)}`)
      return lines.some(([line]) => /Index Scan using/.test(String(line))) ? 'index' : 'exact'
    },
  }
}

const hits = (rows: Rows): Hit[] =>
  rows.map(([id, version]) => ({ id: id as number, version: version as number }))

/** pgvector stores a zero vector under cosine and never indexes it; no distance to it is defined. */
const refuseZero = (rows: readonly Stored[]): void => {
  const zero = rows.filter(({ vector }) => vector.every((x) => x === 0)).map(({ id }) => id)
  if (zero.length === 0) return
  const refused = rows.map(({ id }) => id)
  throw refusal(`pgvector: id ${zero.join(', ')}: a zero vector has no cosine distance`, {
    refused,
  })
}
