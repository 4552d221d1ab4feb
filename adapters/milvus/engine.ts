import {
  type Collection,
  type Engine,
  type Hit,
  refusal,
  type Stored,
} from '../../harness/model/index.ts'
import * as calls from './calls.ts'
import { prepare } from './collection.ts'
import { type Connection, connect } from './connection.ts'
import { type Evidence, segmentEvidence } from './evidence.ts'
import { folderEvidence } from './lite.ts'
import * as maintenance from './maintenance.ts'
import {
  checkCollection,
  checkName,
  effortOf,
  type Index,
  levelOf,
  type MilvusOptions,
  parseIndex,
} from './options.ts'

/** Creates the collection with its index if there is neither a collection nor an alias of that name, else attaches. */
export const openEngine = async (options: MilvusOptions, at: Collection): Promise<Engine> => {
  const index = parseIndex(at.index)
  levelOf(at)
  checkName(at.name)
  const connection = await connect(options, options.pool ?? at.connections)
  try {
    checkCollection(at, index, connection.lite)
    const own = await prepare(connection, at, index)
    return engineOn(connection, at, index, effortOf(options, index), {
      own,
      look: lookOf(connection, options, own, index),
    })
  } catch (error) {
    await connection.close()
    throw error
  }
}

type Look = (signal?: AbortSignal) => Promise<Evidence>

/** How to see where rows stand; null: this server tells nobody. */
const lookOf = (
  { ask, lite }: Connection,
  { data }: MilvusOptions,
  name: string,
  index: Index,
): Look | null => {
  if (lite) return data === null ? null : async () => folderEvidence(data, name, index)
  const what = `looking at "${name}"`
  const request = { collectionName: name }
  return async (signal) => {
    const [loaded, stored, { index_descriptions }] = await Promise.all([
      ask(what, (client) => client.getQuerySegmentInfo(request), signal),
      ask(what, (client) => client.getPersistentSegmentInfo(request), signal),
      ask(what, (client) => client.describeIndex({ collection_name: name }), signal),
    ])
    return segmentEvidence(index, loaded.infos, stored.infos, index_descriptions[0])
  }
}

const engineOn = (
  connection: Connection,
  at: Collection,
  index: Index,
  effort: number | undefined,
  { own, look }: { readonly own: string; readonly look: Look | null },
): Engine => {
  const { ask, close } = connection
  const { name, metric, dimensions } = at
  const level = levelOf(at)
  const search: Engine['search'] = async (vector, k, signal, asked = effort) => {
    checkVectors([vector], dimensions)
    const request = calls.search({ name, metric, index, level, vector, k, effort: asked })
    return hitsOf((await ask('search', (client) => client.search(request), signal)).results)
  }
  const insert = async (rows: readonly Stored[], signal: AbortSignal) => {
    checkRows(rows, dimensions)
    await ask('insert', (client) => client.insert(calls.write(name, rows)), signal)
  }
  return {
    close,
    search,
    upsert: async (rows, signal) => {
      if (rows.length === 0) return
      checkRows(rows, dimensions)
      await ask('upsert', (client) => client.upsert(calls.write(name, rows)), signal)
    },
    delete: async (ids, signal) => {
      if (ids.length === 0) return
      await ask('delete', (client) => client.deleteEntities(calls.remove(name, ids)), signal)
    },
    get: async (ids, signal) => {
      if (ids.length === 0) return []
      return hitsOf((await ask('get', (client) => client.query(calls.get(name, ids)), signal)).data)
    },
    count: async (signal) => {
      const { data } = await ask('count', (client) => client.query(calls.count(name)), signal)
      return Number(data[0]?.['count(*)'])
    },
    /** A search cannot leave the index aside: only where there is none is every search exact. */
    ...(index.kind === 'exact' ? { exact: (vector, k, signal) => search(vector, k, signal) } : {}),
    /** By insert: the collection is empty, no row has to be looked for. */
    bulkLoad: async (batches, signal) => {
      for await (const rows of batches) if (rows.length > 0) await insert(rows, signal)
    },
    settle: (signal) => maintenance.settle(connection, own, look, signal),
    compact: (signal) => maintenance.compact(connection, own, signal),
    ...(look && {
      stats: async () => (await look()).stats,
      plan: async () => (await look()).plan,
    }),
  }
}

/** The client drops the ids of an answer that does not list them among its fields: such an answer is none. */
const hitsOf = (rows: readonly Record<string, unknown>[]): Hit[] =>
  rows.map(({ id, version }) => {
    if (id === undefined || version === undefined)
      throw new Error('milvus: an answer without ids or versions (milvus-lite before 3.2.2?)')
    return { id: Number(id), version: Number(version) }
  })

const checkRows = (rows: readonly Stored[], dimensions: number): void =>
  checkVectors(
    rows.map(({ vector }) => vector),
    dimensions,
  )

/** The client sends whatever it is given, and what the server says of it is lost: refused here, before anything is sent. */
const checkVectors = (vectors: readonly Float32Array[], dimensions: number): void => {
  for (const vector of vectors) {
    if (vector.length !== dimensions)
      throw refusal(`milvus: a vector has ${vector.length} dimensions, not ${dimensions}`)
    if (!vector.every(Number.isFinite)) throw refusal('milvus: a vector holds what is no number')
  }
}
