import { setTimeout } from 'node:timers/promises'
import {
  type Adapter,
  type Collection,
  differing,
  type Engine,
  type Facts,
  type Hit,
  refusal,
  type Stored,
} from '../../harness/model/index.ts'
import { type Client, createClient, type RemoteCollection } from './client.ts'
import { SCHEMAS } from './json.ts'
import { launch } from './launch.ts'
import {
  checkDurability,
  type HnswOptions,
  parseOptions,
  refuseOption,
  settingsOf,
} from './options.ts'
import { DURABILITY } from './store/sync.ts'
import type { Hits } from './wire.ts'

/** The in-house engine, a server of its own process, over HTTP with the binary bodies of wire.ts. */
export const adapter: Adapter<HnswOptions> = {
  name: 'hnsw',
  parse: parseOptions,
  launch,
  open: async (options, at) => {
    const settings = settingsOf(options, at)
    const client = createClient(urlOf(options), at.connections)
    try {
      checkDurability(at, (await client.server()).durability)
      await client.create(at.name, settings)
    } catch (error) {
      await client.close()
      throw error
    }
    return engineOf(client, at)
  },
  drop: async (options, name) => {
    await once(options, (client) => client.drop(name))
  },
  swap: (options, alias, name) => once(options, (client) => client.alias(alias, name)),
  describe: (options, at) => once(options, (client) => factsOf(client, options, at)),
}
export default adapter

const urlOf = ({ url }: HnswOptions): string => {
  if (!url) throw refuseOption('url', 'none is given and no server was launched')
  return url
}

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

/** What the server says of itself and of the collection; of one that is not there yet, what it will be asked for. */
const factsOf = async (client: Client, options: HnswOptions, at?: Collection): Promise<Facts> => {
  const server = await client.server()
  const facts = {
    version: server.version,
    durability: levelOf(server.durability),
    acknowledgement: 'searchable: applied, every later search may return it',
    consistency: 'latest: one server, one copy',
    threads: server.threads,
    transport: 'HTTP/1.1, binary bodies',
  }
  if (!at) return facts
  const held = await client.collection(at.name).describe()
  const { kind, m, efConstruction, ef, seed, consolidation, alpha, tiered } =
    held ?? settingsOf(options, at)
  const graph = kind === 'hnsw' ? { m, efConstruction, ef, seed, consolidation, alpha, tiered } : {}
  const known = Object.entries(graph).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const understood = [kind ?? 'hnsw', ...known.map(([name, value]) => `${name}=${value}`)].join(' ')
  return {
    ...facts,
    index: kind ?? 'hnsw',
    ...Object.fromEntries(known),
    'index as understood': understood,
    ...chosen(options, Object.fromEntries(known)),
  }
}

/** The server's words begin with the level, but for a log that is not synced before each acknowledgement. */
const levelOf = (durability: string): string => {
  if (durability === DURABILITY.disk)
    return 'disk: fsync before each acknowledgement; a search may return a row before that'
  return `memory: ${durability === DURABILITY.memory ? 'nothing is kept' : durability.replace('disk, ', 'a log, ')}`
}

/** Parameters that are not the server's own defaults, and who wanted them. */
const chosen = (options: HnswOptions, graph: Facts): Facts =>
  Object.assign(
    {},
    ...Object.entries(USUAL).map(([name, usual]) => {
      const why = name in options ? 'option of the target' : "the scenario's index"
      return differing(name, graph[name] ?? usual, usual, why)
    }),
  )

const { m, efConstruction, ef, consolidation, tiered } = SCHEMAS.collection.parse({
  dimensions: 1,
  metric: 'l2',
})
const USUAL = { m, efConstruction, ef, consolidation, alpha: 'by metric', tiered }

const engineOf = (client: Client, at: Collection): Engine => {
  const collection = client.collection(at.name)
  return {
    upsert: async (rows, signal) => {
      checkRows(rows, at.dimensions)
      await collection.upsert(rows, signal)
    },
    delete: async (ids, signal) => {
      await collection.delete(ids, signal)
    },
    search: async (vector, k, signal, effort) => {
      checkEffort(effort)
      return hitsOf(await collection.search(vector, k, effort ?? 0, signal))
    },
    exact: async (vector, k, signal) => hitsOf(await collection.exact(vector, k, signal)),
    bulkLoad: async (batches, signal) => {
      for await (const rows of batches) {
        checkRows(rows, at.dimensions)
        await collection.bulk(rows, signal)
      }
    },
    get: async (ids, signal) => hitsOf(await collection.get(ids, signal)),
    count: collection.count,
    settle: (signal) => settle(collection, signal),
    compact: async (signal) => {
      await collection.compact(signal)
    },
    stats: () => collection.stats(),
    plan: async () => (at.index.kind === 'exact' ? 'exact' : 'index'),
    close: client.close,
  }
}

/** Milliseconds between two looks at what is still under way. */
const LOOK = 20

/** Every row has its links, and no compaction runs. */
const settle = async (collection: RemoteCollection, signal: AbortSignal): Promise<void> => {
  for (;;) {
    signal.throwIfAborted()
    const { hot, compacting } = await collection.stats(signal)
    if (hot === 0 && compacting === 0) return
    await setTimeout(LOOK, undefined, { signal })
  }
}

/** A body has one number of dimensions: a vector of another is refused here. */
const checkRows = (rows: readonly Stored[], dimensions: number): void => {
  for (const { id, vector } of rows) {
    if (vector.length === dimensions) continue
    throw refusal(
      `hnsw: the vector of row ${id} has ${vector.length} dimensions, not ${dimensions}`,
    )
  }
}

/** On the wire an ef of 0 is the collection's own, which who names an effort does not mean. What else is no such number the client refuses. */
const checkEffort = (effort?: number): void => {
  if (effort === 0) throw refusal('hnsw: effort is 0, not a whole number from 1 on')
}

const hitsOf = ({ ids, versions }: Hits): Hit[] =>
  Array.from(ids, (id, i) => ({ id, version: versions[i]! }))
