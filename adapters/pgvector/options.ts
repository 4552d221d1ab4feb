import { z } from 'zod'
import type { Collection, IndexOptions } from '../../harness/model/index.ts'
import { count, refusalsOf } from '../options.ts'
import { RESERVED } from './settings.ts'

export const { checkName, read, refuseOption } = refusalsOf('pgvector')

const settingName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?$/, 'is no name of a setting')
  .refine((name) => !RESERVED.includes(name), 'is what driftmark sets itself')
const settingValue = z.union([z.string(), z.number(), z.boolean()]).transform(String)

const autovacuum = z.strictObject({
  enabled: z.boolean().optional(),
  scaleFactor: z.number().min(0).max(100).optional(),
  threshold: count(0, 2_147_483_647).optional(),
  /** Milliseconds. */
  costDelay: z.number().min(0).max(100).optional(),
  costLimit: count(1, 10_000).optional(),
})

const QUANTIZATIONS = ['none', 'halfvec', 'bit'] as const
export type Quantization = (typeof QUANTIZATIONS)[number]

const schema = z.strictObject({
  /** Of a running server, `postgres://user:password@host:port/database`; null: `launch` starts PGlite. */
  url: z.string().refine(isServerUrl, 'is no postgres://… URL').nullable().default(null),
  /** hnsw.ef_search or ivfflat.probes; null: what the scenario's index says, else the server's own. */
  ef: count(1, 32_768).nullable().default(null),
  /** hnsw.iterative_scan. relaxed_order is not offered: an answer is nearest first. */
  iterativeScan: z.enum(['off', 'strict_order']).default('off'),
  /** Of a server that driftmark launches: its configuration, as in `{"shared_buffers":"1GB","autovacuum_naptime":"5s"}`. */
  settings: z.record(settingName, settingValue).default({}),
  /** What `settle` does: fresh statistics for the planner, or a VACUUM too, or nothing but look at the index. */
  settle: z.enum(['analyze', 'vacuum', 'none']).default('analyze'),
  /** What `compact` does: VACUUM, or REINDEX CONCURRENTLY of the vector index, or one after the other. */
  compact: z.enum(['vacuum', 'reindex', 'vacuum-reindex']).default('vacuum'),
  /** The collection's own autovacuum settings; null: the server's. */
  autovacuum: autovacuum.nullable().default(null),
  /** What the index holds of a vector: its float32s, half-precision floats, or one bit a dimension. The table holds float32. */
  quantization: z.enum(QUANTIZATIONS).default('none'),
  /** With `bit`: candidates taken from the index for each hit, which are then ordered by their float32 vectors. */
  oversampling: count(1, 100).default(10),
  /** Connections of one engine; null: as many as the scenario allows. PGlite always has one. */
  pool: count(1, 1_000).nullable().default(null),
  /** The folder of a launched server lies in memory (tmpfs), where a sync reaches no disk; not for a person to set. */
  inMemory: z.boolean().default(false),
})

/** Options of pgvector, every one filled in. Parsing them again gives the same. */
export type PgvectorOptions = z.output<typeof schema>

const target = schema.refine(
  ({ url, settings }) => url === null || Object.keys(settings).length === 0,
  {
    path: ['settings'],
    error: 'belong to a server that driftmark launches, not to one named by url',
  },
)

/** Reads nothing (launch), a postgres:// URL, or an object; an error names the option and never shows the URL. */
export const parseOptions = (options: unknown): PgvectorOptions =>
  read(target, typeof options === 'string' ? { url: options } : (options ?? {}))

const MOST_EF = 1_000
const hnsw = z.strictObject({
  kind: z.literal('hnsw'),
  m: count(2, 100).default(16),
  efConstruction: count(4, 1_000).default(64),
  ef: count(1, MOST_EF).optional(),
})
const ivfFlat = z.strictObject({
  kind: z.literal('ivf-flat'),
  lists: count(1, 32_768).default(100),
  probes: count(1, 32_768).optional(),
})
const exact = z.strictObject({ kind: z.literal('exact') })
const index = z.discriminatedUnion('kind', [hnsw, ivfFlat, exact], {
  error: 'must be hnsw, ivf-flat or exact: pgvector has no other',
})

/** A scenario's index as pgvector has it. */
export type Index = z.output<typeof index>

export const parseIndex = (options: IndexOptions): Index => read(index, options, 'index.')

/** Where a search asks for no effort of its own: hnsw.ef_search or ivfflat.probes; undefined leaves the server's default. */
export const effortOf = (
  { ef, iterativeScan }: PgvectorOptions,
  index: Index,
): number | undefined => {
  if (ef !== null && index.kind === 'hnsw' && ef > MOST_EF)
    throw refuseOption('ef', `${ef} is above ${MOST_EF}, the most that hnsw.ef_search takes`)
  if (iterativeScan !== 'off' && index.kind !== 'hnsw')
    throw refuseOption('iterativeScan', `"${iterativeScan}" needs an index of kind hnsw`)
  if (index.kind === 'exact') return undefined
  return ef ?? (index.kind === 'hnsw' ? index.ef : index.probes)
}

/** The most dimensions that an index takes, by what it holds of a vector (pgvector's manual). */
const MOST_DIMENSIONS: Readonly<Record<Quantization, number>> = {
  none: 2_000,
  halfvec: 4_000,
  bit: 64_000,
}

/** Refuses what cannot be indexed so: `bit` without an index, or a vector of more dimensions than an index takes. */
export const checkQuantization = (
  { quantization }: PgvectorOptions,
  { dimensions }: Pick<Collection, 'dimensions'>,
  { kind }: Index,
): void => {
  if (kind === 'exact') {
    if (quantization === 'none') return
    throw refuseOption('quantization', `"${quantization}" is of an index, and kind exact has none`)
  }
  const most = MOST_DIMENSIONS[quantization]
  if (dimensions > most)
    throw refuseOption(
      'dimensions',
      `${dimensions} are more than the ${most} that an index of quantization "${quantization}" takes`,
    )
}

/** Refuses a collection that pgvector cannot be: its name, consistency or durability. */
export const checkCollection = ({ name, consistency, durability }: Collection): void => {
  checkName(name)
  if (consistency !== 'default')
    throw refuseOption('consistency', `"${consistency}" is not offered, only default`)
  if (!['default', 'disk', 'memory'].includes(durability))
    throw refuseOption('durability', `"${durability}" is not offered, only default, disk, memory`)
}

function isServerUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
}
