import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as schema from './schema.ts'
import type { Shape } from './shape.ts'
import * as sql from './sql.ts'

const vector = Float32Array.of(1, -0.5)
const hnsw = { kind: 'hnsw', m: 16, efConstruction: 128 } as const
const shape: Shape = {
  name: 'a',
  dimensions: 2,
  metric: 'l2',
  index: hnsw,
  quantization: 'none',
  oversampling: 10,
}
const ivf = { kind: 'ivf-flat', lists: 10 } as const
const ask = { vector, k: 3 }
const text = '[1.00000000,-0.500000000]'

test('a vector as text reads back as the same float32s', () => {
  assert.equal(sql.vectorText(vector), text)
  const vectors = fc.float32Array({ noNaN: true, noDefaultInfinity: true, minLength: 1 })
  fc.assert(
    fc.property(vectors, (given) => {
      const read = Float32Array.from(JSON.parse(sql.vectorText(given)) as number[])
      assert.deepEqual(
        read,
        given.map((x) => (x === 0 ? 0 : x)),
        'but for the sign of zero',
      )
    }),
  )
})

test('a search is ordered by the operator of its metric; an effort is of its statement alone', () => {
  assert.equal(
    sql.search(shape, ask),
    `SELECT id, version FROM "a" ORDER BY embedding <-> '${text}'::vector LIMIT 3`,
  )
  assert.equal(
    sql.search({ ...shape, metric: 'cosine' }, { ...ask, effort: 40 }),
    `SELECT id, version FROM "a" ORDER BY embedding <=> (SELECT '${text}'::vector FROM set_config('hnsw.ef_search', '40', true)) LIMIT 3`,
  )
  assert.match(
    sql.search({ ...shape, index: ivf }, { ...ask, effort: 4 }),
    /'ivfflat\.probes', '4'/,
  )
  const scan = { ...shape, index: { kind: 'exact' } } as const
  assert.doesNotMatch(sql.search(scan, { ...ask, effort: 4 }), /set_config/)
})

test('half-precision floats and bits are asked for as they are indexed; bits are ordered anew by floats', () => {
  const half = { ...shape, quantization: 'halfvec' } as const
  assert.equal(
    sql.search(half, ask),
    `SELECT id, version FROM "a" ORDER BY (embedding::halfvec(2)) <-> '${text}'::vector::halfvec(2) LIMIT 3`,
  )
  assert.equal(
    schema.createIndex(half),
    'CREATE INDEX ON "a" USING hnsw ((embedding::halfvec(2)) halfvec_l2_ops) WITH (m = 16, ef_construction = 128)',
  )
  const bits = { ...shape, quantization: 'bit', metric: 'ip' } as const
  assert.equal(
    sql.search(bits, ask),
    `SELECT id, version FROM (SELECT id, version, embedding FROM "a" ORDER BY (binary_quantize(embedding)::bit(2)) <~> binary_quantize('${text}'::vector)::bit(2) LIMIT 30) AS candidates ORDER BY embedding <#> '${text}'::vector LIMIT 3`,
  )
  assert.match(
    schema.createIndex(bits),
    /\(\(binary_quantize\(embedding\)::bit\(2\)\) bit_hamming_ops\)/,
  )
})

test('an exact search is ordered by an expression that no index holds', () => {
  assert.equal(
    sql.exactSearch({ ...shape, metric: 'ip' }, ask),
    `SELECT id, version FROM "a" ORDER BY (embedding <#> '${text}'::vector) + 0 LIMIT 3`,
  )
})

test('writes and look-ups are one statement, whatever the batch', () => {
  const rows = [
    { id: 7, version: 0, vector },
    { id: 8, version: 2, vector },
  ]
  assert.equal(
    sql.upsert('a', rows),
    `INSERT INTO "a" (id, version, embedding) VALUES (7,0,'${text}'),(8,2,'${text}') ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, embedding = EXCLUDED.embedding`,
  )
  assert.equal(sql.remove('a', [7, 8]), `DELETE FROM "a" WHERE id = ANY('{7,8}'::bigint[])`)
  assert.equal(sql.get('a', []), `SELECT id, version FROM "a" WHERE id = ANY('{}'::bigint[])`)
})

test('the index has the operator class of the metric and the parameters of the scenario', () => {
  assert.equal(
    schema.createIndex({ ...shape, metric: 'ip' }),
    'CREATE INDEX ON "a" USING hnsw (embedding vector_ip_ops) WITH (m = 16, ef_construction = 128)',
  )
  assert.equal(
    schema.createIndex({ ...shape, metric: 'cosine', index: ivf }),
    'CREATE INDEX ON "a" USING ivfflat (embedding vector_cosine_ops) WITH (lists = 10)',
  )
  assert.equal(schema.createIndex({ ...shape, index: { kind: 'exact' } }), '')
})

test('autovacuum settings become those of the table', () => {
  const own = { enabled: false, scaleFactor: 0.05, threshold: 10 }
  assert.match(
    schema.createTable(shape, own),
    /WITH \(autovacuum_enabled = false, autovacuum_vacuum_scale_factor = 0\.05, autovacuum_vacuum_threshold = 10\)/,
  )
  assert.doesNotMatch(schema.createTable(shape, null), /autovacuum/)
})

test('a connection is set to effort, iterative scan and durability; default leaves the server as it is', () => {
  const given = { kind: 'hnsw', effort: 64, iterativeScan: 'strict_order' } as const
  assert.equal(
    schema.session({ ...given, durability: 'memory' }),
    'SET hnsw.ef_search = 64; SET hnsw.iterative_scan = strict_order; SET synchronous_commit = off',
  )
  assert.equal(
    schema.session({ ...given, kind: 'exact', durability: 'disk' }),
    'SET synchronous_commit = on',
  )
  assert.equal(schema.session({ ...given, kind: 'exact', durability: 'default' }), '')
})
