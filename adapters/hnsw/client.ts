import type { CollectionOptions, Settings } from './json.ts'
import { type Row, sendableIds, sendableQuery, sendableRows } from './sendable.ts'
import type { Checkpointed } from './store/checkpointed.ts'
import { createTransport, unlessAbsent } from './transport.ts'
import { type Hits, readHits } from './wire.ts'

export type { Row } from './sendable.ts'
export type Described = CollectionOptions & { readonly name: string; readonly count: number }

/**
 * A collection, or what an alias stands for. Vectors have its dimensions, and are finite; ids, k and ef are unsigned 32-bit integers. What is not
 * is a RangeError, before anything is sent.
 */
export interface RemoteCollection {
  /** Its options and count; null if it is not there. */
  describe(): Promise<Described | null>
  /** All rows or none; resolves when they are searchable. No rows are no request. */
  upsert(rows: readonly Row[], signal?: AbortSignal): Promise<void>
  /** The same for many: others may see part of them meanwhile. */
  bulk(rows: readonly Row[], signal?: AbortSignal): Promise<void>
  /** How many of the ids were there. */
  delete(ids: readonly number[], signal?: AbortSignal): Promise<number>
  /** The rows of those ids that are there; distances are 0. */
  get(ids: readonly number[], signal?: AbortSignal): Promise<Hits>
  /** The k nearest; an ef of 0 is the collection's own. */
  search(vector: Float32Array, k: number, ef: number, signal?: AbortSignal): Promise<Hits>
  /** The k nearest, by measuring every row. */
  exact(vector: Float32Array, k: number, signal?: AbortSignal): Promise<Hits>
  count(signal?: AbortSignal): Promise<number>
  stats(signal?: AbortSignal): Promise<Record<string, number>>
  /** Resolves with the stats when the tombstones are out. */
  compact(signal?: AbortSignal): Promise<Record<string, number>>
}

/**
 * One server of the in-house engine. Every call is one request, sent once. It rejects with an Error whose `status` is that of the
 * answer; `outcome` is `fail` where nothing can have happened.
 */
export interface Client {
  server(): Promise<{
    readonly version: string
    readonly durability: string
    /** That search beside the one that has the connections. */
    readonly threads: number
  }>
  list(): Promise<{ collections: string[]; aliases: Record<string, string> }>
  /** True if it is new; rejects where it exists with other options. */
  create(name: string, options: Settings): Promise<boolean>
  /** False if there is no such collection or alias. */
  drop(name: string): Promise<boolean>
  /** Points the alias at the collection, in one step. */
  alias(alias: string, collection: string): Promise<void>
  checkpoint(): Promise<Checkpointed>
  collection(name: string): RemoteCollection
  /** Resolves when what was asked is answered. */
  close(): Promise<void>
}

/** At most `connections` sockets, one request at a time on each; the token is that of the environment unless given. */
export const createClient = (url: string, connections: number, token?: string): Client => {
  const { ask, close } = createTransport(url, connections, token)
  const collection = (name: string): RemoteCollection => {
    const path = pathOf(name)
    const post = (verb: string, body: Uint8Array | null, signal?: AbortSignal) =>
      ask('POST', `${path}/${verb}`, body, signal)
    const get = async <T>(what: string, signal?: AbortSignal) =>
      json<T>(await ask('GET', `${path}/${what}`, null, signal))
    return {
      describe: async () => {
        const found = await ask('GET', path, null).catch(unlessAbsent)
        return found && json<Described>(found)
      },
      upsert: async (rows, signal) => {
        if (rows.length > 0) await post('upsert', sendableRows(rows), signal)
      },
      bulk: async (rows, signal) => {
        if (rows.length > 0) await post('bulk', sendableRows(rows), signal)
      },
      delete: async (ids, signal) =>
        json<{ deleted: number }>(await post('delete', sendableIds(ids), signal)).deleted,
      get: async (ids, signal) => hitsOf(await post('get', sendableIds(ids), signal)),
      search: async (vector, k, ef, signal) =>
        hitsOf(await post('search', sendableQuery(vector, k, ef), signal)),
      exact: async (vector, k, signal) =>
        hitsOf(await post('exact', sendableQuery(vector, k, 0), signal)),
      count: async (signal) => (await get<{ count: number }>('count', signal)).count,
      stats: (signal) => get('stats', signal),
      compact: async (signal) => json(await post('compact', null, signal)),
    }
  }
  return {
    server: async () => json(await ask('GET', '/', null)),
    list: async () => json(await ask('GET', '/collections', null)),
    create: async (name, options) =>
      json<{ created: boolean }>(await ask('PUT', pathOf(name), options)).created,
    drop: async (name) => (await ask('DELETE', pathOf(name), null).catch(unlessAbsent)) !== null,
    alias: async (alias, name) =>
      void (await ask('PUT', `/aliases/${encodeURIComponent(alias)}`, { collection: name })),
    checkpoint: async () => json(await ask('POST', '/checkpoint', null)),
    collection,
    close,
  }
}

const pathOf = (name: string): string => `/collections/${encodeURIComponent(name)}`
const json = <T>(body: Uint8Array): T => JSON.parse(Buffer.from(body).toString()) as T

const hitsOf = (body: Uint8Array): Hits => {
  const hits = readHits(body)
  if (!hits) throw new Error('hnsw: the answer is no list of hits')
  return hits
}
