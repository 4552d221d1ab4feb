import { type Collection, differing, type Facts } from '../../harness/model/index.ts'
import * as calls from './calls.ts'
import { type Connection, connect } from './connection.ts'
import { effortOf, type Level, levelOf, type MilvusOptions, parseIndex } from './options.ts'

/** Version, effective configuration and what each level means, as server and client tell them; the token never. */
export const describeServer = async (options: MilvusOptions, at?: Collection): Promise<Facts> => {
  const connection = await connect(options, 1)
  try {
    return {
      system: connection.lite ? 'milvus-lite' : 'Milvus',
      version: connection.version.replace(/^milvus_lite-/, ''),
      address: options.url,
      database: options.database,
      transport: 'gRPC over HTTP/2, vectors as float32',
      client: 'retries 0, gRPC retries off, telemetry off, one connection a request under way',
      ...(connection.lite ? liteFacts(options) : MILVUS),
      ...(at ? await collectionFacts(connection, options, at) : {}),
    }
  } finally {
    await connection.close()
  }
}

const MILVUS: Facts = {
  acknowledgement:
    'logged: in the write-ahead log; searches see it as their consistency level says',
  durability: "that of the server's write-ahead log, which no client sees or chooses",
  compaction: 'flush, then compaction of all segments',
}

const liteFacts = ({ data }: MilvusOptions): Facts => ({
  comparable: 'function only, not comparable',
  acknowledgement: 'searchable: a search reads the latest',
  durability: 'memory: milvus-lite never syncs its log',
  compaction: 'flush; milvus-lite merges segments by itself, and compacts on no request',
  evidence:
    data === null
      ? 'not told: milvus-lite says nothing of segments, and that every row is indexed whatever is true'
      : "from the server's folder: what was written since the last flush is searched by brute force",
})

const collectionFacts = async (
  { ask, lite }: Connection,
  options: MilvusOptions,
  at: Collection,
): Promise<Facts> => {
  const index = parseIndex(at.index)
  const { type, params } = calls.indexOf(index)
  const wanted = Object.entries(params).map(([name, value]) => [`index.${name}`, value])
  const level = levelOf(at)
  return {
    index: type,
    ...Object.fromEntries(wanted),
    ...(await understood(ask, at.name)),
    effort: effortOf(options, index) ?? (index.kind === 'exact' ? 'none' : 'server default'),
    consistency: consistencyOf(level, lite),
    lookups: 'Strong',
    metric: calls.METRIC[at.metric],
    dimensions: at.dimensions,
    connections: options.pool ?? at.connections,
    shards: 1,
    ...ofTheClient(options, at, level),
  }
}

const consistencyOf = (level: Level, lite: boolean): string => {
  if (lite) return `latest: milvus-lite reads it whatever is asked, here ${level}`
  return {
    Strong: 'latest: Strong',
    Bounded: 'bounded: Bounded',
    Eventually: 'eventual: Eventually',
  }[level]
}

/** What the vendor's client would do otherwise by itself (3.0.6). The server's own settings it cannot read. */
const ofTheClient = ({ pool }: MilvusOptions, at: Collection, level: Level): Facts => ({
  ...differing('client.maxRetries', 0, 3, 'nothing is tried again in silence'),
  ...differing('client.gRPC retries', 'off', 'on', 'nothing is tried again in silence'),
  ...differing('client.telemetry', 'off', 'on', 'no request that nobody asked for'),
  ...differing('client.timeout', 'none', '15 s', 'the scenario times requests out itself'),
  ...differing(
    'client.pool.max',
    pool ?? at.connections,
    10,
    pool === null ? "the scenario's connections" : 'option pool',
  ),
  ...differing('consistency level', level, 'Bounded', "the scenario's consistency"),
})

/** The index of a collection that is there, in the server's own words. */
const understood = async (ask: Connection['ask'], name: string): Promise<Facts> => {
  const what = `describing "${name}"`
  const request = { collection_name: name }
  const { value } = await ask(what, (client) => client.hasCollection(request))
  if (!value) return {}
  const { index_descriptions } = await ask(what, (client) => client.describeIndex(request))
  const told = index_descriptions[0]?.params.map(({ key, value }) => `${key}=${value}`).join(' ')
  return { 'index as understood': told ?? null }
}
