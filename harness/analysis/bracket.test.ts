import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Metric, MILLI, NO_VERSION } from '../model/index.ts'
import { runOf, search } from './run.fixture.ts'
import { judgeSearches } from './searches.ts'
import { instantsIn, statesAt } from './states.fixture.ts'
import { DELETED, type View, viewOf } from './view.ts'
import { arbitraryInstant, arbitraryWrites } from './writes.fixture.ts'

const IDS = 4
const REVISIONS = 3

const distance = (metric: Metric, q: readonly number[], x: readonly number[]): number => {
  const dot = q[0]! * x[0]! + q[1]! * x[1]!
  const norms = Math.hypot(...q) * Math.hypot(...x)
  if (metric === 'l2') return (q[0]! - x[0]!) ** 2 + (q[1]! - x[1]!) ** 2
  return metric === 'ip' ? -dot : norms === 0 ? 1 : 1 - dot / norms
}

/** Recall of an answer against one live set; distances far apart or equal, so that any ε between 1e-9 and 1e-3 will do. */
const recallOf = (
  live: readonly (readonly [number, number])[],
  hits: readonly (readonly [number, number])[],
  k: number,
  d: (id: number, version: number) => number,
): number => {
  if (live.length === 0) return 1
  const n = Math.min(k, live.length)
  const last = live.map(([id, version]) => d(id, version)).sort((a, b) => a - b)[n - 1]!
  const returned = live.filter(([id, version]) =>
    hits.some(([hit, held]) => hit === id && (held === version || held === NO_VERSION)),
  )
  const nearer = (rows: typeof live) => rows.filter(([i, v]) => d(i, v) < last - 1e-6).length
  const tied = returned.filter(([i, v]) => Math.abs(d(i, v) - last) <= 1e-6).length
  return (nearer(returned) + Math.min(tied, n - nearer(live))) / n
}

/** Every combination of possible states at every endpoint inside and between neighbours. */
const bruteForce = (
  view: View,
  [from, to]: readonly [number, number],
  hits: readonly (readonly [number, number])[],
  k: number,
  d: (id: number, version: number) => number,
): readonly [number, number] => {
  let low = Infinity
  let high = -Infinity
  for (const at of instantsIn(view, 0, [0, 1, 2, 3], from, to)) {
    let combinations: (readonly [number, number])[][] = [[]]
    for (let id = 0; id < IDS; id++) {
      combinations = combinations.flatMap((live) =>
        [...statesAt(view, 0, id, at)].map((version) =>
          version === DELETED ? live : [...live, [id, version] as const],
        ),
      )
    }
    for (const live of combinations) {
      const recall = recallOf(live, hits, k, d)
      low = Math.min(low, recall)
      high = Math.max(high, recall)
    }
  }
  return [low, high]
}

const arbitraryHit = fc.tuple(fc.nat(IDS - 1), fc.integer({ min: NO_VERSION, max: REVISIONS - 1 }))
const coordinate = fc.integer({ min: -2, max: 2 })
const point = fc.tuple(coordinate, coordinate)

test('low and high are the minimum and the maximum over every combination of possible states', () => {
  fc.assert(
    fc.property(
      fc.record({
        metric: fc.constantFrom<Metric>('l2', 'cosine', 'ip'),
        preload: fc.nat(IDS),
        k: fc.integer({ min: 1, max: 3 }),
        writes: arbitraryWrites(IDS, REVISIONS),
        hits: fc.array(arbitraryHit, { maxLength: 4 }),
        from: arbitraryInstant,
        took: arbitraryInstant,
        vectors: fc.array(point, { minLength: IDS * REVISIONS, maxLength: IDS * REVISIONS }),
        query: point,
      }),
      ({ metric, preload, k, writes, hits, from, took, vectors, query }) => {
        const ops = [...writes, search(from, 0, hits, { done: from + took }, { k })]
        const run = runOf({
          ops,
          preload,
          revisions: REVISIONS,
          vectors: [vectors],
          queries: [[query]],
          scenario: { metric, preload },
        })
        const view = viewOf(run)
        const table = judgeSearches(view, [])
        const d = (id: number, version: number) =>
          distance(metric, query, vectors[version * IDS + id]!)
        const span = [from * MILLI, (from + took) * MILLI] as const
        const expected = bruteForce(view, span, hits.slice(0, k), k, d)
        assert.deepEqual([table.low[0], table.high[0]], expected)
      },
    ),
    { numRuns: 3000 },
  )
})
