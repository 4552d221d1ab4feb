import { z } from 'zod'
import type { Collection, IndexOptions } from '../../harness/model/index.ts'
import { count, refusalsOf } from '../options.ts'

/** Names the variable that holds the token, `user:password` or an API key. */
export const TOKEN = 'DRIFTMARK_MILVUS_TOKEN'

export const { checkName, read, refuseOption } = refusalsOf('milvus', {
  token: `is read from the environment alone, ${TOKEN}`,
})

const schema = z.strictObject({
  /** Of a running server, `host:port`, `http://…` or `https://…`; null: `launch` starts milvus-lite. */
  url: z
    .string()
    .refine(isServerUrl, 'is no host:port, http://… or https://… without user and password')
    .nullable()
    .default(null),
  database: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,254}$/, 'is no name of a database')
    .default('default'),
  /** ef, or nprobe of the ivf kinds; null: what the scenario's index says, else the server's own. */
  ef: count(1, 65_536).nullable().default(null),
  /** Connections of one engine; null: as many as the scenario allows. */
  pool: count(1, 1_000).nullable().default(null),
  /** Where a launched milvus-lite keeps its files, which tell what it does not; not for a person to set. */
  data: z.string().nullable().default(null),
})

/** Options of milvus, every one filled in; no secret among them. Parsing them again gives the same. */
export type MilvusOptions = z.output<typeof schema>

/** Reads nothing (launch), an address, or an object; an error names the option and never shows the address. */
export const parseOptions = (options: unknown): MilvusOptions =>
  read(schema, typeof options === 'string' ? { url: options } : (options ?? {}))

/** sq8: a byte a dimension, which makes HNSW_SQ of HNSW and IVF_SQ8 of IVF_FLAT. */
const quantization = z.enum(['none', 'sq8']).default('none')
const nlist = count(1, 65_536).default(128)
const probes = count(1, 65_536).optional()

const hnsw = z.strictObject({
  kind: z.literal('hnsw'),
  m: count(2, 2_048).default(16),
  efConstruction: count(1, 65_536).default(200),
  ef: count(1, 65_536).optional(),
  quantization,
})
const ivfFlat = z.strictObject({
  kind: z.literal('ivf-flat'),
  lists: nlist,
  probes,
  quantization,
})
const ivfPq = z.strictObject({
  kind: z.literal('ivf-pq'),
  lists: nlist,
  probes,
  /** Parts of a vector; must divide the dimensions. */
  m: count(1, 65_536).default(8),
  nbits: count(1, 24).default(8),
})
const exact = z.strictObject({ kind: z.literal('exact') })
const index = z.discriminatedUnion('kind', [hnsw, ivfFlat, ivfPq, exact], {
  error: 'must be hnsw, ivf-flat, ivf-pq or exact: the adapter has no other',
})

/** A scenario's index as Milvus has it. */
export type Index = z.output<typeof index>

export const parseIndex = (options: IndexOptions): Index => read(index, options, 'index.')

/** Where a search asks for no effort of its own: ef or nprobe; undefined leaves the server's default. */
export const effortOf = ({ ef }: MilvusOptions, index: Index): number | undefined => {
  if (index.kind === 'exact') return undefined
  return ef ?? (index.kind === 'hnsw' ? index.ef : index.probes)
}

const LEVELS = {
  default: 'Bounded',
  strong: 'Strong',
  bounded: 'Bounded',
  eventually: 'Eventually',
} as const
/** A consistency level as Milvus writes it. */
export type Level = (typeof LEVELS)[keyof typeof LEVELS]

/** The level that a collection is made with and each search asks for; `default` is what Milvus gives a collection by itself. */
export const levelOf = ({ consistency }: Pick<Collection, 'consistency'>): Level => {
  const name = consistency.toLowerCase()
  if (Object.hasOwn(LEVELS, name)) return LEVELS[name as keyof typeof LEVELS]
  const why =
    name === 'session'
      ? 'is not offered: the client sends no session timestamp, it would be no guarantee'
      : 'is not offered, only default, strong, bounded, eventually'
  throw refuseOption('consistency', `"${consistency}" ${why}`)
}

/** Refuses a collection that this server cannot be: its name, durability, or a kind of index that milvus-lite lacks. */
export const checkCollection = (
  { name, durability, dimensions }: Collection,
  index: Index,
  lite: boolean,
): void => {
  checkName(name)
  const offered = lite ? ['default', 'memory'] : ['default']
  if (!offered.includes(durability))
    throw refuseOption(
      'durability',
      `"${durability}" is not offered, only ${offered.join(', ')}: ${lite ? 'milvus-lite never syncs its log' : "the server's write-ahead log decides, no client can choose"}`,
    )
  if (index.kind !== 'ivf-pq') return
  if (lite)
    throw refuseOption('index.kind', '"ivf-pq" is not offered by milvus-lite, only by Milvus')
  if (dimensions % index.m !== 0)
    throw refuseOption('index.m', `${index.m} does not divide the ${dimensions} dimensions`)
}

function isServerUrl(text: string): boolean {
  if (!/^(https?:\/\/)?[A-Za-z0-9._-]+(:\d{1,5})?\/?$/.test(text)) return false
  return /^https?:\/\//.test(text) ? URL.canParse(text) : /:\d{1,5}$/.test(text)
}
