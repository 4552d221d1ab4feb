import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream } from '../model/index.ts'
import { theilSen } from './theil-sen.ts'

const series = (n: number, y: (i: number) => number): [Float64Array, Float64Array] => [
  Float64Array.from({ length: n }, (_, i) => i),
  Float64Array.from({ length: n }, (_, i) => y(i)),
]

test('the slope is the median of the slopes of pairs: one wild point does not move it', () => {
  // pairs of (0,0) (1,2) (2,4) (3,100): 2, 2, 2, 100/3, 49, 96
  assert.equal(theilSen(...series(4, (i) => (i === 3 ? 100 : 2 * i))).value, (2 + 100 / 3) / 2)
  assert.equal(theilSen(...series(7, (i) => (i === 3 ? 900 : 2 * i))).value, 2)
})

test('below 30 points there is a slope and no interval; one point has no slope', () => {
  assert.deepEqual(theilSen(...series(29, (i) => -i)), { value: -1, low: null, high: null })
  assert.deepEqual(theilSen(...series(30, (i) => -i)), { value: -1, low: -1, high: -1 })
  assert.deepEqual(theilSen(...series(1, (i) => i)), { value: null, low: null, high: null })
})

test('points of equal x make no slope, points that are not finite are left out', () => {
  const x = Float64Array.of(0, 0, 0)
  assert.equal(theilSen(x, Float64Array.of(1, 2, 3)).value, null)
  assert.equal(theilSen(...series(5, (i) => (i === 2 ? Number.NaN : 3 * i))).value, 3)
})

test('a slope moves with y and turns with its sign', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 30, maxLength: 50 }),
      (y) => {
        const up = theilSen(...series(y.length, (i) => y[i]!))
        const down = theilSen(...series(y.length, (i) => -y[i]!))
        assert.ok(up.value === -down.value! || up.value === 0)
        if (up.low !== null) assert.ok(up.low === -down.high! || up.low === 0)
        if (up.low !== null) assert.ok(up.low <= up.value! && up.value! <= up.high!)
      },
    ),
  )
})

/** How many of 200 series y = slope·i + AR(1) noise have the true slope in their interval. */
const covered = (correlation: number): number => {
  let inside = 0
  for (let repeat = 0; repeat < 200; repeat++) {
    const rng = stream(repeat, 'theil-sen')
    let noise = rng.normal()
    const found = theilSen(
      ...series(60, (i) => {
        noise = correlation * noise + rng.normal()
        return 0.1 * i + noise
      }),
    )
    if (found.low === null || (found.low <= 0.1 && 0.1 <= found.high!)) inside++
  }
  return inside
}

test('the 95 % interval contains the true slope as often as it says, autocorrelated or not', () => {
  assert.ok(covered(0) >= 186, `independent: ${covered(0)} of 200`)
  assert.ok(covered(0.6) >= 180, `correlated: ${covered(0.6)} of 200`)
})

test('a long series is averaged in groups and keeps its slope', () => {
  const { value } = theilSen(...series(10_000, (i) => i / 4))
  assert.ok(Math.abs(value! - 0.25) < 1e-9)
})
