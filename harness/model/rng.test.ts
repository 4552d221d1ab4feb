import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cos, exp, ln, sin, stream } from './rng.ts'

const near = (found: number, expected: number, relative: number) =>
  assert.ok(
    Math.abs(found - expected) <= relative * Math.max(1, Math.abs(expected)),
    `${found} is not ${expected}`,
  )

test('ln, exp, sin and cos agree with the platform to the last places', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) =>
      near(ln(x), Math.log(x), 1e-15),
    ),
  )
  fc.assert(
    fc.property(fc.double({ min: -300, max: 300, noNaN: true }), (x) => {
      assert.ok(Math.abs(exp(x) / Math.exp(x) - 1) < 2e-13)
      near(sin(x), Math.sin(x), 1e-12)
      near(cos(x), Math.cos(x), 1e-12)
    }),
  )
})

test('a stream is a function of its seed and name alone', () => {
  const first = stream(7, 'writes', 0)
  const again = stream(7, 'writes', 0)
  const drawn = Array.from({ length: 8 }, () => first.uint32())
  assert.deepEqual(
    Array.from({ length: 8 }, () => again.uint32()),
    drawn,
  )
  for (const other of [stream(8, 'writes', 0), stream(7, 'writes', 1), stream(7, 'probes', 0)]) {
    assert.notDeepEqual(
      Array.from({ length: 8 }, () => other.uint32()),
      drawn,
    )
  }
})

test('the first words of a stream are pinned: another machine must draw the same', () => {
  const rng = stream(1, 'pinned')
  assert.deepEqual([rng.uint32(), rng.uint32(), rng.uint32()], PINNED)
})

test('normal and exponential have the moments they claim', () => {
  const rng = stream(3, 'moments')
  const n = 100_000
  let sum = 0
  let squares = 0
  let waits = 0
  for (let i = 0; i < n; i++) {
    const z = rng.normal()
    sum += z
    squares += z * z
    waits += rng.exponential()
  }
  assert.ok(Math.abs(sum / n) < 5 / Math.sqrt(n))
  assert.ok(Math.abs(squares / n - 1) < 5 * Math.sqrt(2 / n))
  assert.ok(Math.abs(waits / n - 1) < 5 / Math.sqrt(n))
})

const PINNED = [745317202, 924937029, 4226542347]
