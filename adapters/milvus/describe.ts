import type { Collection, Facts } from '../../harness/model/index.ts'
import * as calls from './calls.ts'
import { type Connection, connect } from './connection.ts'
import { effortOf, levelOf, type MilvusOptions, parseIndex } from './options.ts'

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
    'appended to the write-ahead log; searches see it as their consistency level says',
  durability: "that of the server's write-ahead log, which no client sees or chooses",
  compaction: 'flush, then compaction of all segments',
}

const liteFacts = ({ data }: MilvusOptions): Facts => ({
  comparable: 'function only, not comparable',
  acknowledgement: 'searchable',
  durability: 'none (milvus-lite never syncs its log)',
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
    consistency: lite ? `${level}, which milvus-lite ignores: it reads the latest` : level,
    lookups: 'Strong',
    metric: calls.METRIC[at.metric],
    dimensions: at.dimensions,
    connections: options.pool ?? at.connections,
    shards: 1,
  }
}

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
