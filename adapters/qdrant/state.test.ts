import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CollectionInfo, Control, Optimizations } from './control.ts'
import { settle, vacuum } from './settle.ts'
import { brokenBy, gaugesOf, missing, planOf, segmentsGuessed } from './state.ts'

const DIMENSIONS = 128
/** 100 KB of vectors of 128 dimensions are 200 vectors. */
const info = (more: Record<string, unknown> = {}): CollectionInfo =>
  ({
    status: 'green',
    optimizer_status: 'ok',
    points_count: 1_000,
    indexed_vectors_count: 1_000,
    segments_count: 2,
    update_queue: { length: 0 },
    config: {
      params: {},
      hnsw_config: { m: 16, ef_construct: 100, full_scan_threshold: 100 },
      optimizer_config: {
        indexing_threshold: 100,
        deleted_threshold: 0.2,
        vacuum_min_vector_number: 1_000,
      },
    },
    ...more,
  }) as unknown as CollectionInfo
const summary = { queued_optimizations: 0, queued_segments: 0, queued_points: 0, idle_segments: 2 }
const idle = { summary, running: [] } as Optimizations
const running = { summary, running: [{ optimizer: 'indexing' }] } as unknown as Optimizations
const seen = (more: Record<string, unknown> = {}, optimizations = idle) => ({
  info: info(more),
  optimizations,
})

test('settled is green, indexed, an empty queue, and no optimisation; each is named where it is missing', () => {
  assert.deepEqual(missing(seen(), DIMENSIONS), [])
  const queued = {
    summary: { ...summary, queued_optimizations: 3, queued_segments: 5 },
    running: [],
  }
  for (const [look, words] of [
    [seen({ status: 'yellow' }), /status is yellow/],
    [seen({ update_queue: { length: 7 } }), /7 writes wait in the update queue/],
    [seen({ update_queue: { length: 0, deferred_points: 9 } }), /9 rows are deferred/],
    [seen({}, running), /optimizations run: indexing/],
    [seen({}, queued as unknown as Optimizations), /3 optimizations of 5 segments are queued/],
    [seen({ indexed_vectors_count: 599 }), /401 of 1000 vectors are not indexed/],
  ] as const) {
    const lacking = missing(look, DIMENSIONS)
    assert.equal(lacking.length, 1)
    assert.match(lacking[0]!, words)
  }
})

test('what may stay plain is a threshold a segment; with the index off, everything', () => {
  assert.deepEqual(missing(seen({ indexed_vectors_count: 600 }), DIMENSIONS), [])
  const off = info()
  off.config.optimizer_config.indexing_threshold = 0
  const look = { info: { ...off, indexed_vectors_count: 0 }, optimizations: idle }
  assert.deepEqual(missing(look, DIMENSIONS), [])
})

test('who answers: a segment below either threshold is scanned', () => {
  const plan = (...segments: [num_points: number, num_indexed_vectors: number][]) =>
    planOf(
      info(),
      segments.map(([num_points, num_indexed_vectors]) => ({ num_points, num_indexed_vectors })),
      DIMENSIONS,
    )
  assert.equal(plan(), 'exact')
  assert.equal(plan([150, 0], [0, 0]), 'exact', 'too small to be indexed')
  assert.equal(plan([150, 150]), 'exact', 'indexed, and below the threshold of the full scan')
  assert.equal(plan([200, 200], [0, 0]), 'index', 'an empty segment is none')
  assert.equal(plan([1_000, 1_200]), 'index', 'deleted rows are still in the graph')
  assert.equal(plan([1_000, 1_000], [3, 0]), 'partial')
})

test('where no segment can be seen, the counts of the collection speak', () => {
  const plan = (indexed: number) => {
    const known = info({ indexed_vectors_count: indexed })
    return planOf(known, segmentsGuessed(known), DIMENSIONS)
  }
  assert.equal(plan(0), 'exact')
  assert.equal(plan(600), 'partial')
  assert.equal(plan(1_000), 'index')
})

test('gauges are of the queue, the optimizers, and the dead where segments can be seen', () => {
  const segments = [
    { num_points: 900, num_indexed_vectors: 1_000, num_deleted_vectors: 100 },
    { num_points: 100, num_indexed_vectors: 0, num_deleted_vectors: 1 },
  ]
  const gauges = gaugesOf(seen({ indexed_vectors_count: 900 }, running), segments)
  assert.equal(gauges.rows_dead, 101)
  assert.equal(gauges.rows_unindexed, 100)
  assert.equal(gauges.optimizations_running, 1)
  assert.ok(!('rows_dead' in gaugesOf(seen(), null)))
})

/** A server that shows one look after another, the last for ever. */
const showing = (...looks: ReturnType<typeof seen>[]) => {
  const tuned: object[] = []
  let asked = 0
  const current = () => looks[Math.min(asked, looks.length - 1)]!
  const control = {
    info: async () => current().info,
    optimizations: async () => {
      const { optimizations } = current()
      asked += 1
      return optimizations
    },
    tune: async (_: string, settings: object) => void tuned.push(settings),
  } as unknown as Control
  return { control, tuned, asked: () => asked }
}
const at = { name: 'rows', dimensions: DIMENSIONS }
const never = new AbortController().signal

test('settled must be seen twice in a row', async () => {
  const busy = seen({ status: 'yellow' })
  const server = showing(busy, seen(), busy, seen(), seen())
  await settle(server.control, at, never)
  assert.equal(server.asked(), 5)
})

test('a time-out names what was still missing', async () => {
  const controller = new AbortController()
  const { control } = showing(seen({ status: 'yellow' }, running))
  const tune = control.optimizations
  control.optimizations = async (...asked) => {
    setImmediate(() => controller.abort())
    return tune(...asked)
  }
  await assert.rejects(
    settle(control, at, controller.signal),
    /still missing: its status is yellow, not green; optimizations run: indexing/,
  )
})

test('a grey collection is nudged; a failed optimizer is not waited for', async () => {
  const grey = showing(seen({ status: 'grey' }), seen())
  await settle(grey.control, at, never)
  assert.deepEqual(grey.tuned, [{}])
  const failed = { optimizer_status: { error: 'no space' }, status: 'red' }
  assert.equal(brokenBy(seen(failed)), 'no space')
  await assert.rejects(settle(showing(seen(failed)).control, at, never), /no space/)
})

test('compact lowers the thresholds of the vacuum and gives them back, also when it is given up', async () => {
  const own = { deleted_threshold: 0.2, vacuum_min_vector_number: 1_000 }
  const lowered = { deleted_threshold: 0, vacuum_min_vector_number: 100 }
  const done = showing(seen())
  await vacuum(done.control, at, never)
  assert.deepEqual(done.tuned, [lowered, own])
  const givenUp = showing(seen())
  await assert.rejects(vacuum(givenUp.control, at, AbortSignal.abort()))
  assert.deepEqual(givenUp.tuned, [lowered, own])
})
