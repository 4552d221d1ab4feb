import { type Collection, differing, type Facts } from '../../harness/model/index.ts'
import type { CollectionInfo, Control } from './control.ts'
import { type Index, parseIndex, type QdrantOptions } from './options.ts'
import { createBody, vectorsIn } from './settings.ts'

/**
 * Version, how it is reached and what an acknowledgement means; of a collection every setting as the server has it, or,
 * where it is not there yet, as it will be asked for. `differs.…` names each that is not the default, and who wanted it.
 */
export const describeServer = async (
  control: Control,
  options: QdrantOptions,
  at?: Collection,
): Promise<Facts> => ({
  system: 'Qdrant',
  version: await control.version(),
  address: new URL(options.url!).host,
  ...transportOf(options),
  acknowledgement: acknowledgementOf(options),
  ...(at ? await describeCollection(control, options, at) : {}),
})

const transportOf = ({ transport, grpcUrl, gzip }: QdrantOptions): Facts => {
  const compressed = gzip ? 'gzip' : 'uncompressed'
  return transport === 'grpc'
    ? {
        transport: `gRPC, one HTTP/2 connection an engine, ${compressed}`,
        client: '@qdrant/js-client-grpc 1.19.0',
        grpcAddress: new URL(grpcUrl!).host,
      }
    : {
        transport: `HTTP/1.1, JSON, ${compressed}`,
        client: '@qdrant/js-client-rest 1.19.0',
      }
}

const acknowledgementOf = ({ wait, preventUnoptimized }: QdrantOptions): string => {
  if (!wait) return 'logged: queued, neither applied nor searchable (wait=false)'
  return preventUnoptimized
    ? 'searchable: applied, and every row of the shard indexed (wait=true, prevent_unoptimized)'
    : 'searchable: applied (wait=true)'
}

const durabilityOf = ({ wait, inMemory }: QdrantOptions, asked: string): string => {
  if (inMemory)
    return 'memory: the folder of the server lies there (tmpfs), a flush reaches no disk'
  if (!wait) return 'memory: the log reaches the disk within flush_interval_sec'
  const applied = 'disk: the log is flushed before a write is applied'
  return asked === 'memory'
    ? `${applied}; more than memory asks for, which Qdrant has only with wait=false`
    : applied
}

const describeCollection = async (
  control: Control,
  options: QdrantOptions,
  at: Collection,
): Promise<Facts> => {
  const index = parseIndex(at.index)
  const asked = flat(createBody(options, at, index))
  const info = await control.info(at.name)
  const found = info ? settingsOf(info) : asked
  return {
    index: index.kind,
    ...(info ? { 'index as understood': understood(found) } : {}),
    effort: effortOf(options, index),
    durability: durabilityOf(options, at.durability),
    consistency: consistencyOf(at, found),
    ordering: options.ordering ?? 'weak (default)',
    connections: options.transport === 'grpc' ? 1 : (options.connections ?? at.connections),
    indexedOnly: options.indexedOnly,
    ...(info ? {} : { settings: 'as they will be asked for: the collection is not there yet' }),
    ...thresholdsOf(found, at.dimensions),
    ...Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null)),
    ...differences(found, asked),
    ...ofTheClient(options, at),
  }
}

/** What the server holds of the index, without its prefix. */
const understood = (found: Flat): string => {
  const own = Object.entries(found).flatMap(([key, value]) =>
    /^(?:hnsw_config|quantization_config)\./.test(key) && value !== null
      ? [`${key.replace(/^hnsw_config\./, '')}=${value}`]
      : [],
  )
  return ['hnsw', ...own].join(' ')
}

/** With one replica there is nothing to fall behind. */
const consistencyOf = ({ consistency }: Collection, found: Flat): string => {
  const replicas = Number(found.replication_factor ?? 1)
  if (replicas === 1) return 'latest: one replica'
  return consistency === 'default'
    ? `eventual: any one of ${replicas} replicas (default)`
    : `${consistency} of ${replicas} replicas`
}

/** What the vendor's client would do otherwise by itself (1.19.0). */
const ofTheClient = ({ transport, connections, gzip }: QdrantOptions, at: Collection): Facts => ({
  ...differing('client.gzip', gzip, true, 'compression costs both sides their processor'),
  ...(transport === 'grpc'
    ? {}
    : {
        ...differing(
          'client.maxConnections',
          connections ?? at.connections,
          25,
          connections === null ? "the scenario's connections" : 'option connections',
        ),
        ...differing('client.timeout', 'none', '300 s', 'the scenario times requests out itself'),
        ...differing('client.checkCompatibility', false, true, 'no request that nobody asked for'),
      }),
})

const effortOf = ({ ef }: QdrantOptions, index: Index): string | number => {
  if (index.kind === 'exact') return 'none: every search is exact'
  return ef ?? index.ef ?? 'default: ef_construct'
}

type Flat = Readonly<Record<string, string | number | boolean | null>>

const settingsOf = ({ config }: CollectionInfo): Flat => {
  const { params, hnsw_config, optimizer_config, wal_config, quantization_config } = config
  return flat({
    ...params,
    hnsw_config,
    optimizers_config: optimizer_config,
    wal_config,
    quantization_config,
  })
}

/** `{ a: { b: 1 } }` as `{ 'a.b': 1 }`. */
const flat = (object: object, prefix = ''): Flat =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flat(value, `${prefix}${key}.`))
        : value === undefined
          ? []
          : [[prefix + key, value]],
    ),
  ) as Flat

/** From how many rows on a segment is indexed, and its graph walked: the small-data trap, in rows. */
const thresholdsOf = (found: Flat, dimensions: number): Facts => {
  const rows = (setting: string): number => {
    const kilobytes = found[setting] ?? DEFAULTS[setting]!
    return Math.ceil(vectorsIn(Number(kilobytes), dimensions))
  }
  const indexed = rows('optimizers_config.indexing_threshold')
  return {
    'segment.indexedFrom': indexed === 0 ? 'never' : `${indexed} rows`,
    'segment.walkedFrom': `${rows('hnsw_config.full_scan_threshold')} rows; below, and unindexed: an exact scan`,
  }
}

/** The server's own defaults (1.19.0, config/config.yaml and the collection that it makes of an empty request). */
const DEFAULTS: Flat = {
  shard_number: 1,
  replication_factor: 1,
  write_consistency_factor: 1,
  on_disk_payload: true,
  'vectors.on_disk': null,
  'hnsw_config.m': 16,
  'hnsw_config.ef_construct': 100,
  'hnsw_config.full_scan_threshold': 10_000,
  'hnsw_config.max_indexing_threads': 0,
  'hnsw_config.on_disk': false,
  'optimizers_config.deleted_threshold': 0.2,
  'optimizers_config.vacuum_min_vector_number': 1_000,
  'optimizers_config.default_segment_number': 0,
  'optimizers_config.max_segment_size': null,
  'optimizers_config.indexing_threshold': 10_000,
  'optimizers_config.flush_interval_sec': 5,
  'optimizers_config.max_optimization_threads': null,
  'optimizers_config.prevent_unoptimized': null,
  'wal_config.wal_capacity_mb': 32,
  'wal_config.wal_segments_ahead': 0,
  'wal_config.wal_retain_closed': 1,
  quantization_config: null,
}

/** Who wanted a setting, and for what, where that is not plain. */
const WANTED: Flat = {
  'hnsw_config.m': "the scenario's index",
  'hnsw_config.ef_construct': "the scenario's index",
  'hnsw_config.full_scan_threshold':
    'option fullScanThreshold: the graph of a small segment is walked too',
  'optimizers_config.indexing_threshold':
    'option indexingThreshold: from which size on a segment is indexed',
}

const differences = (found: Flat, asked: Flat): Facts =>
  Object.fromEntries(
    Object.entries(found).flatMap(([key, value]) => {
      const usual = key in DEFAULTS ? DEFAULTS[key]! : undefined
      const given = key.startsWith('vectors.') && key !== 'vectors.on_disk'
      if (given || value === usual || (usual === undefined && value === null)) return []
      const who =
        key in asked ? (WANTED[key] ?? 'option of the target') : 'the server’s own settings'
      return [[`differs.${key}`, `${value}, not ${usual ?? 'unset'} (${who})`]]
    }),
  )
