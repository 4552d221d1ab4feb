import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../../../harness/model/rng.ts'
import { createHnsw, type Hnsw } from './index.ts'

const ROWS = 8000
const CLUSTERS = 8
const DIMENSIONS = 64
const WIDE = 16
const K = 10

/** Rows about a few centres, each wide in dimensions of its own, and narrow in the others: the way from one cluster to another is long. */
const clustersOf = (seed: number): (() => Float32Array) => {
  const rng = stream(seed, 'clusters')
  const centres = Array.from({ length: CLUSTERS }, () => {
    const wide = new Set<number>()
    while (wide.size < WIDE) wide.add(rng.below(DIMENSIONS))
    const at = Array.from({ length: DIMENSIONS }, rng.normal)
    return at.map((x, i) => ({ x, width: wide.has(i) ? 1.4 : 0.07 }))
  })
  return () =>
    Float32Array.from(centres[rng.below(CLUSTERS)]!, ({ x, width }) => x + width * rng.normal())
}

/** How many rows are not found by their own vectors, and how many of 1,000 queries miss eight of their ten neighbours or more, at ef 16. */
const lostIn = (index: Hnsw, rows: ReadonlyMap<number, Float32Array>, queries: Float32Array[]) => ({
  rows: [...rows].filter(([id, row]) => index.search(row, 1, 16).ids[0] !== id).length,
  queries: queries.filter((query) => {
    const truth = new Set(index.exact(query, K).ids)
    return index.search(query, K, 16).ids.filter((id) => truth.has(id)).length <= 2
  }).length,
})

test('among clusters that lie apart hardly a row is lost, and hardly a query ends in another cluster', (t) => {
  const lost = [1, 2, 3].map((seed) => {
    const draw = clustersOf(seed)
    const index = createHnsw({
      dimensions: DIMENSIONS,
      metric: 'l2',
      m: 16,
      efConstruction: 128,
      seed,
      selection: 'heuristic',
    })
    const rows = new Map<number, Float32Array>()
    const load = (): void => {
      for (let id = 0; id < ROWS; id++) {
        const row = draw()
        rows.set(id, row)
        index.upsert(id, 0, row)
        if (index.stats().tombstones > 0.15 * index.live) for (const _ of index.compaction());
      }
    }
    load()
    const queries = Array.from({ length: 1000 }, draw)
    const built = lostIn(index, rows, queries)
    load()
    return { seed, built, churned: lostIn(index, rows, queries) }
  })
  t.diagnostic(JSON.stringify(lost))
  for (const when of ['built', 'churned'] as const) {
    const of = (what: 'rows' | 'queries') => lost.reduce((sum, one) => sum + one[when][what], 0)
    assert.ok(of('rows') <= 3 && of('queries') <= 1, `${when}: ${JSON.stringify(lost)}`)
  }
})
