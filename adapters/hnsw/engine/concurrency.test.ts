import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { stream } from '../../../harness/model/rng.ts'
import {
  BEGUN,
  COMPACTED,
  FIRST,
  STOP,
  type Task,
  vectorOf,
  WRITTEN,
} from './concurrency.fixture.ts'
import { attachHnsw, createHnsw, type Hits, type HnswReader, type SharedIndex } from './index.ts'

const SEED = 1603
const ROWS = 600
const DIMENSIONS = 13
const K = 10
const LEAST_SEARCHES = 3000
const LEAST_WRITES = 20_000

const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0)

/** What holds of every answer, whatever was written meanwhile: k different rows, each whole, none from before the search began. */
const check = (hits: Hits, query: Float32Array, before: Int32Array): void => {
  assert.equal(hits.ids.length, K, 'never fewer than k')
  assert.equal(new Set(hits.ids).size, K, 'no row twice')
  hits.ids.forEach((id, i) => {
    const version = hits.versions[i]!
    const acknowledged = before[FIRST + id]!
    const expected = distance(vectorOf(id, version, DIMENSIONS), query)
    assert.ok(Math.abs(hits.distances[i]! - expected) < 1e-4, `row ${id} is whole`)
    assert.ok(version >= Math.abs(acknowledged), `row ${id}: ${version}, was ${acknowledged}`)
    assert.ok(version !== -acknowledged, `row ${id} was deleted`)
    assert.ok(i === 0 || hits.distances[i - 1]! <= hits.distances[i]!, 'nearest first')
  })
}

const readOn = (reader: HnswReader, told: Int32Array): void => {
  const chance = stream(SEED, 'reader')
  for (let i = 0; i < LEAST_SEARCHES || Atomics.load(told, WRITTEN) < LEAST_WRITES; i++) {
    const before = told.slice()
    const query = Float32Array.from({ length: DIMENSIONS }, () => chance.normal())
    check(reader.search(query, K, 20), query, before)
    if (i % 4 > 0) continue
    check(reader.exact(query, K), query, before)
    // What is acknowledged is found, by its id and by scan.
    const id = Math.floor(chance.uniform() * (ROWS / 2)) * 2 + 1
    const version = Atomics.load(told, FIRST + id)
    const [got] = reader.get([id]).versions
    assert.ok(got! >= version, `${got} of row ${id}, acknowledged ${version}`)
    const still = 10 * Math.floor(id / 10)
    const { ids } = reader.exact(vectorOf(still, 1, DIMENSIONS), 1)
    assert.equal(ids[0], still)
  }
}

/** Of so few bytes that the rows, and what was replaced, need several. */
const SMALL = 5 * 65_536

for (const [hot, segmentBytes] of [
  [0, undefined],
  [64, undefined],
  [0, SMALL],
  [64, SMALL],
] as const) {
  const kind = `hot tier ${hot}, ${segmentBytes ? 'small segments' : 'one segment'}`
  test(`a reader beside a writer that never rests sees whole rows, all of them (${kind})`, async (t) => {
    const board = new SharedArrayBuffer(4 * (FIRST + ROWS))
    const told = new Int32Array(board)
    const parameters = {
      dimensions: DIMENSIONS,
      metric: 'l2',
      m: 6,
      efConstruction: 24,
      seed: SEED,
      selection: 'heuristic',
      hot,
      segmentBytes,
    } as const
    const workerData: Task = { parameters, rows: ROWS, seed: SEED, board }
    const worker = new Worker(new URL('./concurrency.fixture.ts', import.meta.url), { workerData })
    const [shared] = (await once(worker, 'message')) as [SharedIndex]
    const reader = attachHnsw(shared)
    try {
      readOn(reader, told)
    } finally {
      Atomics.store(told, STOP, 1)
    }
    const [end] = await once(worker, 'message')
    t.diagnostic(
      `seed ${SEED}: ${told[WRITTEN]} writes, ${told[COMPACTED]} compactions, ${reader.scans} scans, ${told[BEGUN]} segments begun`,
    )
    assert.ok(told[COMPACTED]! > 3, 'slots were used again and again')
    assert.ok(!segmentBytes || told[BEGUN]! > 5, 'segments were begun and given up')
    const live = told.slice(FIRST).filter((version) => version > 0).length
    assert.deepEqual([end.live, reader.live], [live, live])
    reader.close()
  })
}

test('slots are not used again while a reader that began before is at its search', () => {
  const index = createHnsw({
    dimensions: 1,
    metric: 'l2',
    m: 4,
    efConstruction: 8,
    seed: 1,
    selection: 'heuristic',
  })
  for (let id = 0; id < 50; id++) index.upsert(id, 0, Float32Array.of(id))
  const shared = index.share()
  const reader = attachHnsw(shared)
  for (let id = 0; id < 25; id++) index.delete(id)
  // As if the thread of the reader had stopped in the midst: its epoch stands at where it began.
  const epochs = new Uint32Array(shared.segments[0]!.segment!.memory.buffer, 324, 64)
  epochs[reader.place] = 1
  const compaction = index.compaction()
  for (let step = 0; step < 1000; step++) assert.equal(compaction.next().done, false)
  assert.equal(index.stats().tombstones, 25)
  index.forsake(reader.place)
  for (const _ of compaction);
  assert.equal(index.stats().tombstones, 0)
})

test('sixty-four readers find a place, one more does not, and a place is given back', () => {
  const index = createHnsw({
    dimensions: 2,
    metric: 'l2',
    m: 4,
    efConstruction: 8,
    seed: 1,
    selection: 'heuristic',
  })
  const readers = Array.from({ length: 64 }, () => attachHnsw(index.share()))
  assert.throws(() => attachHnsw(index.share()), /as many readers/)
  readers[17]!.close()
  assert.equal(attachHnsw(index.share()).place, 17)
})
