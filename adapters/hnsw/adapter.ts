import {
  type Adapter,
  type Collection,
  type Engine,
  type Facts,
  type Hit,
  refusal,
  type Stored,
} from '../../harness/model/index.ts'
import { type Client, createClient, unlessAbsent } from './client.ts'
import type { CollectionOptions } from './json.ts'
import { launch } from './launch.ts'
import { checkDurability, type HnswOptions, parseOptions, settingsOf } from './options.ts'
import { idsBody, queryBody, readHits, rowsBody } from './wire.ts'

/** The in-house engine, a server of its own process, over HTTP with the binary bodies of wire.ts. */
export const adapter: Adapter<HnswOptions> = {
  name: 'hnsw',
  parse: parseOptions,
  launch,
  open: async (options, at) => {
    const settings = settingsOf(options, at)
    const client = createClient(urlOf(options), at.connections)
    try {
      checkDurability(at, (await serverFacts(client)).durability)
      await client.ask('PUT', pathOf(at.name), settings)
    } catch (error) {
      await client.close()
      throw error
    }
    return engineOf(client, at)
  },
  drop: async (options, name) => {
    await once(options, (client) => client.ask('DELETE', pathOf(name), null).catch(unlessAbsent))
  },
  swap: async (options, alias, name) => {
    const path = `/aliases/${encodeURIComponent(alias)}`
    await once(options, (client) => client.ask('PUT', path, { collection: name }))
  },
  describe: (options, at) => once(options, (client) => factsOf(client, options, at)),
}
export default adapter

const urlOf = ({ url }: HnswOptions): string => {
  if (!url) throw new Error('hnsw: url: none is given and no server was launched')
  return url
}
const pathOf = (name: string): string => `/collections/${encodeURIComponent(name)}`
const json = <T>(body: Uint8Array): T => JSON.parse(Buffer.from(body).toString()) as T

/** A client for one errand. */
const once = async <T>(
  options: HnswOptions,
  errand: (client: Client) => Promise<T>,
): Promise<T> => {
  const client = createClient(urlOf(options), 1)
  try {
    return await errand(client)
  } finally {
    await client.close()
  }
}

const serverFacts = async (client: Client) =>
  json<{ version: string; durability: string }>(await client.ask('GET', '/', null))

/** What the server says of itself and of the collection; of one that is not there yet, what it will be asked for. */
const factsOf = async (client: Client, options: HnswOptions, at?: Collection): Promise<Facts> => {
  const server = await serverFacts(client)
  const facts = {
    version: server.version,
    durability: server.durability,
    acknowledgement: 'searchable',
    transport: 'HTTP/1.1, binary bodies',
  }
  if (!at) return facts
  const held = await client.ask('GET', pathOf(at.name), null).catch(unlessAbsent)
  const { kind, m, efConstruction, ef, seed, consolidation } = held
    ? json<CollectionOptions>(held)
    : settingsOf(options, at)
  const graph = kind === 'hnsw' ? { m, efConstruction, ef, seed, consolidation } : {}
  const known = Object.entries({ index: kind, ...graph }).filter(([, value]) => value !== undefined)
  return { ...facts, ...Object.fromEntries(known) }
}

const engineOf = (client: Client, at: Collection): Engine => {
  const path = pathOf(at.name)
  const post = (verb: string, body: Uint8Array | null, signal?: AbortSignal) =>
    client.ask('POST', `${path}/${verb}`, body, signal)
  const get = async <T>(what: string, signal?: AbortSignal) =>
    json<T>(await client.ask('GET', `${path}/${what}`, null, signal))
  return {
    upsert: async (rows, signal) => {
      await post('upsert', batchBody(rows, at.dimensions), signal)
    },
    delete: async (ids, signal) => {
      await post('delete', idsBody(ids), signal)
    },
    search: async (vector, k, signal, effort) =>
      hitsOf(await post('search', questionBody(vector, k, effort), signal)),
    exact: async (vector, k, signal) =>
      hitsOf(await post('exact', questionBody(vector, k), signal)),
    bulkLoad: async (batches, signal) => {
      for await (const rows of batches) await post('bulk', batchBody(rows, at.dimensions), signal)
    },
    get: async (ids, signal) => hitsOf(await post('get', idsBody(ids), signal)),
    count: async (signal) => (await get<{ count: number }>('count', signal)).count,
    settle: async (signal) => signal.throwIfAborted(),
    compact: async (signal) => {
      await post('compact', null, signal)
    },
    stats: () => get('stats'),
    plan: async () => (at.index.kind === 'exact' ? 'exact' : 'index'),
    close: client.close,
  }
}

/** A body has one number of dimensions: a vector of another is refused here. */
const batchBody = (rows: readonly Stored[], dimensions: number): Uint8Array => {
  for (const { id, vector } of rows) {
    if (vector.length === dimensions) continue
    throw refusal(
      `hnsw: the vector of row ${id} has ${vector.length} dimensions, not ${dimensions}`,
    )
  }
  return rowsBody(rows, dimensions)
}

/** k and the effort are words on the wire: what is no such number is refused here. */
const questionBody = (vector: Float32Array, k: number, effort?: number): Uint8Array => {
  for (const [what, value] of [
    ['k', k],
    ['effort', effort ?? k],
  ] as const) {
    if (Number.isInteger(value) && value >= 1 && value < 2 ** 32) continue
    throw refusal(`hnsw: ${what} is ${value}, not a whole number from 1 on`)
  }
  return queryBody(vector, k, effort ?? 0)
}

const hitsOf = (body: Uint8Array): Hit[] => {
  const hits = readHits(body)
  if (!hits) throw new Error('hnsw: the answer is no list of hits')
  const { ids, versions } = hits
  return Array.from(ids, (id, i) => ({ id, version: versions[i]! }))
}
