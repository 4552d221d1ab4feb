import {
  type CreateCollectionReq,
  type CreateIndexSimpleReq,
  DataType,
  type DeleteEntitiesReq,
  type InsertReq,
  type QueryReq,
  type SearchSimpleReq,
} from '@zilliz/milvus2-sdk-node'
import type { Collection, Id, Metric, Stored } from '../../harness/model/index.ts'
import type { Index, Level } from './options.ts'

/** What each request asks, exactly: nothing is left to a default of the client. */

export const FIELD = { id: 'id', version: 'version', vector: 'vector' } as const
const TOLD = [FIELD.id, FIELD.version]

export const METRIC = {
  l2: 'L2',
  cosine: 'COSINE',
  ip: 'IP',
} as const satisfies Record<Metric, string>

/** Milvus' name of an index, and its parameters of building. */
export const indexOf = (
  index: Index,
): { readonly type: string; readonly params: Readonly<Record<string, string | number>> } => {
  switch (index.kind) {
    case 'hnsw': {
      const graph = { M: index.m, efConstruction: index.efConstruction }
      return index.quantization === 'none'
        ? { type: 'HNSW', params: graph }
        : { type: 'HNSW_SQ', params: { ...graph, sq_type: 'SQ8' } }
    }
    case 'ivf-flat':
      return {
        type: index.quantization === 'none' ? 'IVF_FLAT' : 'IVF_SQ8',
        params: { nlist: index.lists },
      }
    case 'ivf-pq':
      return { type: 'IVF_PQ', params: { nlist: index.lists, m: index.m, nbits: index.nbits } }
    case 'exact':
      return { type: 'FLAT', params: {} }
  }
}

/** The search parameter that an effort stands for; none without one, and none for an exact index. */
export const effortParams = (
  { kind }: Index,
  effort: number | undefined,
): Readonly<Record<string, number>> => {
  if (effort === undefined || kind === 'exact') return {}
  return kind === 'hnsw' ? { ef: effort } : { nprobe: effort }
}

export const createCollection = (
  { name, dimensions }: Pick<Collection, 'name' | 'dimensions'>,
  level: Level,
) =>
  ({
    collection_name: name,
    // The client takes the number 0, Strong, for no level at all; a string it keeps.
    consistency_level: level,
    shards_num: 1,
    enable_dynamic_field: false,
    fields: [
      { name: FIELD.id, data_type: DataType.Int64, is_primary_key: true, autoID: false },
      { name: FIELD.version, data_type: DataType.Int32 },
      { name: FIELD.vector, data_type: DataType.FloatVector, dim: dimensions },
    ],
  }) satisfies CreateCollectionReq

export const createIndex = (name: string, metric: Metric, index: Index) => {
  const { type, params } = indexOf(index)
  return {
    collection_name: name,
    field_name: FIELD.vector,
    index_name: FIELD.vector,
    index_type: type,
    metric_type: METRIC[metric],
    params,
  } satisfies CreateIndexSimpleReq
}

/** Of an upsert and an insert. */
export const write = (name: string, rows: readonly Stored[]) =>
  ({
    collection_name: name,
    // With the check a refused schema is asked for again, and the rows sent twice.
    skip_check_schema: true,
    data: rows.map(({ id, version, vector }) => ({ id, version, vector: Array.from(vector) })),
  }) satisfies InsertReq

const among = (ids: readonly Id[]): string => `${FIELD.id} in [${ids.join(',')}]`

/** By expression: by ids the client would ask for the schema first, each time. */
export const remove = (name: string, ids: readonly Id[]) =>
  ({ collection_name: name, filter: among(ids) }) satisfies DeleteEntitiesReq

export interface Ask {
  readonly name: string
  readonly metric: Metric
  readonly index: Index
  readonly level: Level
  readonly vector: Float32Array
  readonly k: number
  readonly effort: number | undefined
}

/** Of the rows no more than id and version travels back. */
export const search = ({ name, metric, index, level, vector, k, effort }: Ask) =>
  ({
    collection_name: name,
    anns_field: FIELD.vector,
    data: Array.from(vector),
    limit: k,
    metric_type: METRIC[metric],
    params: effortParams(index, effort),
    output_fields: [...TOLD],
    consistency_level: level as unknown as NonNullable<SearchSimpleReq['consistency_level']>,
    ignore_growing: false,
  }) satisfies SearchSimpleReq

/** A look-up asks for all that was acknowledged, whatever level the searches have. */
const STRONG = { consistency_level: 'Strong' } as object

export const get = (name: string, ids: readonly Id[]): QueryReq => ({
  collection_name: name,
  filter: among(ids),
  output_fields: [...TOLD],
  ...STRONG,
})

export const count = (name: string): QueryReq => ({
  collection_name: name,
  filter: '',
  output_fields: ['count(*)'],
  ...STRONG,
})
