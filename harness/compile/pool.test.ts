import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream } from '../model/index.ts'
import { poolOf } from './pool.ts'
import { weightsOf } from './weights.ts'

const rows = { count: 30, cluster: (id: number) => id % 3 }
const all = (pick: Parameters<typeof poolOf>[0], seed = 1) => {
  const pool = poolOf(pick, rows, seed)
  for (let id = 0; id < rows.count; id++) pool.add(id)
  return pool
}
const drain = (pick: Parameters<typeof poolOf>[0]) => {
  const pool = all(pick)
  const rng = stream(1, 'test')
  const ids: number[] = []
  while (pool.size > 0) {
    ids.push(pool.draw(rng))
    pool.remove(ids.at(-1)!)
  }
  return ids
}
const everyId = Array.from({ length: rows.count }, (_, id) => id)

test('every way of picking yields each row once', () => {
  for (const pick of ['uniform', 'zipf', 'oldest', 'newest', 'cluster'] as const) {
    assert.deepEqual(
      drain(pick).sort((a, b) => a - b),
      everyId,
      pick,
    )
  }
})

test('oldest goes by id, newest the other way, cluster finishes one cluster before the next', () => {
  assert.deepEqual(drain('oldest'), everyId)
  assert.deepEqual(drain('newest'), everyId.toReversed())
  const clusters = drain('cluster').map(rows.cluster)
  assert.equal(clusters.filter((cluster, i) => cluster !== clusters[i - 1]).length, 3)
})

test('uniform draws each row alike; zipf the r-th most popular with weight 1/r', () => {
  const n = 60_000
  const tally = (pick: 'uniform' | 'zipf') => {
    const pool = all(pick)
    const rng = stream(2, 'test')
    const counts = new Array<number>(rows.count).fill(0)
    for (let i = 0; i < n; i++) counts[pool.draw(rng)]!++
    return counts.sort((a, b) => b - a)
  }
  for (const count of tally('uniform')) assert.ok(Math.abs(count - n / 30) < 5 * Math.sqrt(n / 30))
  const harmonic = everyId.reduce((sum, r) => sum + 1 / (r + 1), 0)
  tally('zipf')
    .slice(0, 5)
    .forEach((count, r) => {
      const expected = n / (r + 1) / harmonic
      assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${count} of ${expected}`)
    })
})

test('a drawn place holds the target among the cumulated weights', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: 1 }), fc.nat(), (list, drawn) => {
      const weights = weightsOf(list.length)
      list.forEach((weight, place) => {
        weights.add(place, weight)
      })
      fc.pre(weights.total > 0)
      const target = drawn % weights.total
      const place = weights.find(target)
      assert.ok(weights.below(place) <= target && target < weights.below(place) + list[place]!)
    }),
  )
})
