import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DataType } from '@zilliz/milvus2-sdk-node'
import * as calls from './calls.ts'
import { parseIndex } from './options.ts'

const vector = Float32Array.of(1, -0.5)
const hnsw = parseIndex({ kind: 'hnsw', m: 16, efConstruction: 128 })

test('each kind of index has its name in Milvus and its parameters', () => {
  for (const [index, type, params] of [
    [hnsw, 'HNSW', { M: 16, efConstruction: 128 }],
    [
      parseIndex({ kind: 'hnsw', quantization: 'sq8' }),
      'HNSW_SQ',
      { M: 16, efConstruction: 200, sq_type: 'SQ8' },
    ],
    [parseIndex({ kind: 'ivf-flat', lists: 10 }), 'IVF_FLAT', { nlist: 10 }],
    [parseIndex({ kind: 'ivf-flat', quantization: 'sq8' }), 'IVF_SQ8', { nlist: 128 }],
    [parseIndex({ kind: 'ivf-pq', m: 4 }), 'IVF_PQ', { nlist: 128, m: 4, nbits: 8 }],
    [parseIndex({ kind: 'exact' }), 'FLAT', {}],
  ] as const) {
    assert.deepEqual(calls.indexOf(index), { type, params })
  }
})

test('a collection has an id, a version, a vector, and the level by its name', () => {
  assert.deepEqual(calls.createCollection({ name: 'a', dimensions: 2 }, 'Strong'), {
    collection_name: 'a',
    consistency_level: 'Strong',
    shards_num: 1,
    enable_dynamic_field: false,
    fields: [
      { name: 'id', data_type: DataType.Int64, is_primary_key: true, autoID: false },
      { name: 'version', data_type: DataType.Int32 },
      { name: 'vector', data_type: DataType.FloatVector, dim: 2 },
    ],
  })
  assert.deepEqual(calls.createIndex('a', 'cosine', hnsw), {
    collection_name: 'a',
    field_name: 'vector',
    index_name: 'vector',
    index_type: 'HNSW',
    metric_type: 'COSINE',
    params: { M: 16, efConstruction: 128 },
  })
})

test('a search asks for k ids and versions, by its metric, effort and level, and growing rows too', () => {
  const ask = { name: 'a', metric: 'l2', index: hnsw, level: 'Bounded', vector, k: 3 } as const
  assert.deepEqual(calls.search({ ...ask, effort: 40 }), {
    collection_name: 'a',
    anns_field: 'vector',
    data: [1, -0.5],
    limit: 3,
    metric_type: 'L2',
    params: { ef: 40 },
    output_fields: ['id', 'version'],
    consistency_level: 'Bounded',
    ignore_growing: false,
  })
  const ivf = parseIndex({ kind: 'ivf-pq' })
  assert.deepEqual(calls.search({ ...ask, index: ivf, effort: 4 }).params, { nprobe: 4 })
  assert.deepEqual(calls.search({ ...ask, effort: undefined }).params, {})
  const exact = parseIndex({ kind: 'exact' })
  assert.deepEqual(calls.search({ ...ask, index: exact, effort: 4 }).params, {})
})

test('writes and look-ups are one request each, whatever the batch', () => {
  assert.deepEqual(calls.write('a', [{ id: 7, version: 2, vector }]), {
    collection_name: 'a',
    skip_check_schema: true,
    data: [{ id: 7, version: 2, vector: [1, -0.5] }],
  })
  assert.deepEqual(calls.remove('a', [7, 8]), { collection_name: 'a', filter: 'id in [7,8]' })
  assert.deepEqual(calls.get('a', [7]), {
    collection_name: 'a',
    filter: 'id in [7]',
    output_fields: ['id', 'version'],
    consistency_level: 'Strong',
  })
  assert.deepEqual(calls.count('a'), {
    collection_name: 'a',
    filter: '',
    output_fields: ['count(*)'],
    consistency_level: 'Strong',
  })
})
