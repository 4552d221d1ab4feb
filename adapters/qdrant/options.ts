import { z } from 'zod'
import type { Collection, IndexOptions } from '../../harness/model/index.ts'
import { count, refusalsOf } from '../options.ts'
import { IN_MEMORY } from '../tmpfs.ts'

export const { checkName, read, refuseOption } = refusalsOf('qdrant')

const kilobytes = (low: number) => count(low, 2 ** 31)
const address = z.string().refine(isServerUrl, 'must be http://host:port or https://host:port')

const quantization = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('scalar'),
      quantile: z.number().min(0.5).max(1).optional(),
    }),
    z.strictObject({ kind: z.literal('binary') }),
    z.strictObject({
      kind: z.literal('product'),
      compression: z.enum(['x4', 'x8', 'x16', 'x32', 'x64']).default('x16'),
    }),
  ],
  { error: 'must be { "kind": "scalar" | "binary" | "product" }' },
)

/** What may stand behind `qdrant:`; null leaves the choice to the server. */
const schema = z.strictObject({
  /** Of the HTTP interface of a server that runs already, `http://host:6333`; null: `launch` starts one. */
  url: address.nullable().default(null),
  /** Which of the vendor's clients carries rows and searches; collections are always administered over HTTP. */
  transport: z.enum(['rest', 'grpc']).default('rest'),
  /** Of the gRPC interface; null: the host of `url` at port 6334. */
  grpcUrl: address.nullable().default(null),
  /** Sockets of one engine under `rest`; null: as many as the scenario allows. `grpc` has one, on which requests share. */
  connections: count(1, 10_000).nullable().default(null),
  /** Let bodies be compressed with gzip, which both clients would do by themselves. */
  gzip: z.boolean().default(false),

  /** Acknowledge a write when it is applied (true) or when it is queued (false); sent with every write. */
  wait: z.boolean().default(true),
  ordering: z.enum(['weak', 'medium', 'strong']).nullable().default(null),

  /** hnsw_ef of a search that asks for no effort; null: what the scenario's index says. */
  ef: count(1, 1_000_000).nullable().default(null),
  indexedOnly: z.boolean().default(false),
  rescore: z.boolean().nullable().default(null),
  oversampling: z.number().min(1).nullable().default(null),

  /** Kilobytes of vectors in a segment from which on an index is built; 0: never. */
  indexingThreshold: kilobytes(0).nullable().default(null),
  /** Kilobytes of vectors in an indexed segment below which it is scanned all the same. */
  fullScanThreshold: kilobytes(10).nullable().default(null),
  segments: count(0, 1_000).nullable().default(null),
  maxSegmentSize: kilobytes(1).nullable().default(null),
  deletedThreshold: z.number().min(0).max(1).nullable().default(null),
  vacuumMinVectorNumber: count(100, 2 ** 31)
    .nullable()
    .default(null),
  maxOptimizationThreads: z
    .union([z.literal('auto'), count(0, 1_024)])
    .nullable()
    .default(null),
  maxIndexingThreads: count(0, 1_024).nullable().default(null),
  preventUnoptimized: z.boolean().nullable().default(null),
  flushInterval: count(1, 86_400).nullable().default(null),

  shards: count(1, 1_024).nullable().default(null),
  replicas: count(1, 64).nullable().default(null),
  writeConsistency: count(1, 64).nullable().default(null),
  quantization: quantization.nullable().default(null),
  /** Vectors, index and payload are read from disk, not kept in memory; null: as the server has it. */
  onDisk: z.boolean().nullable().default(null),
  /** The folder of a launched server lies in memory (tmpfs), where a sync reaches no disk; not for a person to set. */
  inMemory: z.boolean().default(false),
})

/** Options of Qdrant, every one filled in. Parsing them again gives the same. */
export type QdrantOptions = z.output<typeof schema>

/** Reads nothing (launch), a URL, or an object; an error names the option. */
export const parseOptions = (options: unknown): QdrantOptions => {
  const given = typeof options === 'string' ? { url: options } : (options ?? {})
  if (typeof given === 'object' && Object.keys(given).some((key) => /^api_?key$/i.test(key)))
    throw refuseOption('apiKey', `a secret is no option: put it into ${KEYS.join(' or ')}`)
  return checkTogether(read(schema, given))
}

/** Variables of the environment that may hold the API key, the first before the second. */
export const KEYS = ['DRIFTMARK_QDRANT_API_KEY', 'QDRANT_API_KEY'] as const

const checkTogether = (options: QdrantOptions): QdrantOptions => {
  const { url, transport, grpcUrl, quantization, rescore, oversampling } = options
  if (transport === 'rest' && grpcUrl !== null)
    throw refuseOption('grpcUrl', 'needs "transport": "grpc"')
  if (quantization === null && (rescore !== null || oversampling !== null))
    throw refuseOption(rescore === null ? 'oversampling' : 'rescore', 'needs a quantization')
  if (transport === 'rest' || url === null || grpcUrl !== null) return options
  const { protocol, hostname } = new URL(url)
  return { ...options, grpcUrl: `${protocol}//${hostname}:6334` }
}

const hnsw = z.strictObject({
  kind: z.literal('hnsw'),
  m: count(2, 2_048).optional(),
  efConstruction: count(4, 1_000_000).optional(),
  ef: count(1, 1_000_000).optional(),
})
const exact = z.strictObject({ kind: z.literal('exact') })
const index = z.discriminatedUnion('kind', [hnsw, exact], {
  error:
    'must be hnsw or exact: Qdrant has no other (quantised vectors are the option quantization)',
})

/** A scenario's index as Qdrant has it. */
export type Index = z.output<typeof index>

export const parseIndex = (options: IndexOptions): Index => read(index, options, 'index.')

const CONSISTENCIES = ['default', 'majority', 'quorum', 'all']
const DURABILITIES = ['default', 'disk', 'memory']

/** Refuses a collection that Qdrant cannot be: its name, consistency or durability. */
export const checkCollection = (at: Collection, { wait, inMemory }: QdrantOptions): void => {
  checkName(at.name)
  if (!CONSISTENCIES.includes(at.consistency))
    throw refuseOption('consistency', `"${at.consistency}" is none of ${CONSISTENCIES.join(', ')}`)
  if (!DURABILITIES.includes(at.durability))
    throw refuseOption('durability', `"${at.durability}" is none of ${DURABILITIES.join(', ')}`)
  if (at.durability === 'disk' && !wait)
    throw refuseOption(
      'wait',
      'a write that is not waited for is not on the disk: durability disk needs true',
    )
  if (at.durability === 'disk' && inMemory) throw refuseOption('durability', IN_MEMORY)
}

function isServerUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
}
