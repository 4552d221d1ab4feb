import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type {
  IndexDescription,
  PersistentSegmentInfo,
  QuerySegmentInfo,
} from '@zilliz/milvus2-sdk-node'
import { segmentEvidence } from './evidence.ts'
import { folderEvidence } from './lite.ts'
import { parseIndex } from './options.ts'

const hnsw = parseIndex({ kind: 'hnsw' })

/** As they arrive: numbers of 64 bits as text, states by their names. */
const loaded = (state: string, num_rows: number, index_name = '', level = 'L1') =>
  ({ state, num_rows: String(num_rows), index_name, level }) as unknown as QuerySegmentInfo
const stored = (state: string, num_rows: number) =>
  ({ state, num_rows: String(num_rows) }) as unknown as PersistentSegmentInfo
const described = (pending: number) =>
  ({ state: 'Finished', pending_index_rows: String(pending) }) as unknown as IndexDescription

test('growing rows are scanned, sealed ones with an index are not; what is left undone is named', () => {
  const { stats, plan, missing } = segmentEvidence(
    hnsw,
    [loaded('Growing', 300), loaded('Sealed', 5_000, 'vector'), loaded('Sealed', 2_000)],
    [stored('Flushed', 7_000), stored('Growing', 300), stored('Dropped', 9)],
    described(2_000),
  )
  assert.deepEqual(stats, {
    rows_growing: 300,
    rows_sealed: 7_000,
    rows_indexed: 5_000,
    rows_pending: 2_000,
    segments: 2,
    segments_growing: 1,
  })
  assert.equal(plan, 'partial')
  assert.deepEqual(missing, [
    '300 growing rows',
    '1 segments not flushed',
    '2000 rows not indexed',
    '1 sealed segments loaded without their index',
  ])
})

test('settled: nothing grows, all is flushed and indexed, but for segments too small for an index', () => {
  const both = [loaded('Sealed', 5_000, 'vector'), loaded('Sealed', 1_000)]
  const evidence = segmentEvidence(hnsw, both, [stored('Flushed', 6_000)], described(0))
  assert.deepEqual(evidence.missing, [])
  assert.equal(evidence.plan, 'partial')
  const one = segmentEvidence(hnsw, both.slice(0, 1), [stored('Flushed', 5_000)], described(0))
  assert.equal(one.plan, 'index')
})

test('without an index every search is exact; a large growing segment has an interim one', () => {
  const planOf = (segments: readonly QuerySegmentInfo[], index = hnsw) =>
    segmentEvidence(index, segments, [], undefined).plan
  assert.equal(planOf([]), 'exact')
  assert.equal(planOf([loaded('Growing', 4_991)]), 'exact')
  assert.equal(planOf([loaded('Growing', 4_992)]), 'partial')
  assert.equal(planOf([loaded('Sealed', 100, 'vector')], parseIndex({ kind: 'exact' })), 'exact')
  const deletes = loaded('Growing', 7, '', 'L0')
  assert.equal(planOf([loaded('Sealed', 5_000, 'vector'), deletes]), 'index')
})

const COLLECTION = 'collections/a'
const PARTITION = `${COLLECTION}/partitions/_default`
const folder = (t: TestContext, files: Readonly<Record<string, string>>): string => {
  const data = mkdtempSync(join(tmpdir(), 'driftmark-milvus-'))
  t.after(() => rmSync(data, { recursive: true }))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(data, file)), { recursive: true })
    writeFileSync(join(data, file), text)
  }
  return data
}
const manifest = (...data_files: string[]) =>
  JSON.stringify({ partitions: { _default: { data_files, delta_files: [] } } })
const FIRST = `${PARTITION}/data/data_1_9.parquet`
const FIRST_INDEX = `${PARTITION}/indexes/data_1_9.vector.hnsw.idx`

test("milvus-lite's folder tells which segments have their index, and whether there is more in its log", (t) => {
  const named = { [`${COLLECTION}/manifest.json`]: manifest('data/data_1_9.parquet') }
  const settled = { ...named, [FIRST]: 'rows', [FIRST_INDEX]: 'graph' }
  const all = folderEvidence(folder(t, settled), 'a', hnsw)
  assert.deepEqual(all, {
    stats: { segments: 1, segments_indexed: 1, segment_bytes: 4, index_bytes: 5, log_bytes: 0 },
    plan: 'index',
    missing: [],
  })
  const more = folder(t, { ...settled, [`${COLLECTION}/wal/wal_data_2.arrow`]: 'new' })
  assert.equal(folderEvidence(more, 'a', hnsw).plan, 'partial')
  assert.deepEqual(folderEvidence(more, 'a', hnsw).missing, ['what is in its log is in no segment'])
  const gone = folder(t, { ...settled, [`${COLLECTION}/wal/wal_delta_2.arrow`]: 'ids' })
  assert.equal(folderEvidence(gone, 'a', hnsw).plan, 'index', 'a delete leaves the index in use')
  const bare = folder(t, { ...named, [FIRST]: 'rows' })
  assert.equal(folderEvidence(bare, 'a', hnsw).plan, 'exact')
  assert.deepEqual(folderEvidence(bare, 'a', hnsw).missing, ['1 segments without their index'])
  const flat = parseIndex({ kind: 'exact' })
  assert.equal(folderEvidence(folder(t, settled), 'a', flat).plan, 'exact')
})
