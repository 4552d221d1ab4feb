import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { adapter as hnsw } from '../adapters/hnsw/adapter.ts'
import { ADAPTER_NAMES } from '../adapters/index.ts'
import { segmentEvidence } from '../adapters/milvus/evidence.ts'
import { folderEvidence } from '../adapters/milvus/lite.ts'
import { parseIndex } from '../adapters/milvus/options.ts'
import { GAUGES as PGVECTOR } from '../adapters/pgvector/gauges.ts'
import { gaugesOf, type Look } from '../adapters/qdrant/state.ts'
import { adapter as sim } from '../adapters/sim/adapter.ts'
import type { Adapter, Collection } from '../harness/model/index.ts'
import { byWeight, GAUGES, gaugeWords } from './gauges.ts'

const scratch = (): string => mkdtempSync(join(tmpdir(), 'driftmark-gauges-'))

/** The gauges of a server of the project's own, which is launched for it. */
const told = async <Options>(adapter: Adapter<Options>): Promise<readonly string[]> => {
  const dir = scratch()
  const at: Collection = {
    name: 'gauges',
    dimensions: 2,
    metric: 'l2',
    index: { kind: 'hnsw' },
    consistency: 'default',
    durability: 'default',
    connections: 1,
  }
  const { options, stop } = await adapter.launch!(dir, undefined)
  try {
    const engine = await adapter.open(options, at, { now: () => 0 } as never)
    const stats = await engine.stats!()
    await engine.close()
    return Object.keys(stats)
  } finally {
    await stop()
    rmSync(dir, { recursive: true })
  }
}

/** Of milvus-lite, from the smallest folder that it could leave. */
const ofTheFolder = (): readonly string[] => {
  const dir = scratch()
  try {
    mkdirSync(join(dir, 'collections/one'), { recursive: true })
    writeFileSync(join(dir, 'collections/one/manifest.json'), '{"partitions":{}}')
    return Object.keys(folderEvidence(dir, 'one', parseIndex({ kind: 'hnsw' })).stats)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

const ofQdrant = (): readonly string[] => {
  const look = {
    info: { points_count: 1, indexed_vectors_count: 0, segments_count: 1, status: 'green' },
    optimizations: {
      summary: { queued_optimizations: 0, queued_segments: 0, queued_points: 0 },
      running: [],
    },
  }
  return Object.keys(gaugesOf(look as unknown as Look, []))
}

const NAMES: Readonly<Record<string, () => Promise<readonly string[]> | readonly string[]>> = {
  hnsw: () => told(hnsw),
  sim: () => told(sim),
  pgvector: () => Object.keys(PGVECTOR),
  postgres: () => Object.keys(PGVECTOR),
  qdrant: ofQdrant,
  milvus: () => [
    ...ofTheFolder(),
    ...Object.keys(segmentEvidence(parseIndex({ kind: 'hnsw' }), [], [], undefined).stats),
  ],
}

test('every adapter has words for its gauges', () => {
  assert.deepEqual(Object.keys(GAUGES).sort(), [...ADAPTER_NAMES].sort())
  assert.deepEqual(Object.keys(NAMES).sort(), [...ADAPTER_NAMES].sort())
})

for (const [adapter, names] of Object.entries(NAMES)) {
  test(`the words are for the gauges that ${adapter} has, each and no other`, async () => {
    const known = [...new Set(await names())].sort()
    assert.deepEqual(Object.keys(GAUGES[adapter]!).sort(), known)
  })
}

test('an adapter of one’s own has the names alone, in the order in which they come', () => {
  assert.equal(gaugeWords('./mine.ts', 'queue'), 'queue')
  assert.equal(gaugeWords('toString', 'constructor'), 'constructor')
  assert.deepEqual(byWeight('./mine.ts', ['b', 'a', 'cpu']), ['cpu', 'b', 'a'])
  assert.deepEqual(byWeight('postgres', ['mine', 'rows_live', 'rows_dead']), [
    'rows_dead',
    'rows_live',
    'mine',
  ])
})
