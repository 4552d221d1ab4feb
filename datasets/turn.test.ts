import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../harness/model/index.ts'
import { lengthOf, squaredDistance } from './matrix.ts'
import { drawTurn, shuffled } from './turn.ts'

test('a turn keeps lengths and distances, in even and odd dimensions', () => {
  for (const dimensions of [2, 3, 7, 64, 128]) {
    const turn = drawTurn(stream(1, 'turn', dimensions), dimensions)
    const rng = stream(2, 'vectors')
    const draw = () => Float64Array.from({ length: dimensions }, () => rng.normal())
    const [a, b] = [draw(), draw()]
    const [length, distance] = [lengthOf(a), squaredDistance(a, b)]
    turn(a)
    turn(b)
    assert.ok(Math.abs(lengthOf(a) - length) < 1e-12 * length)
    assert.ok(Math.abs(squaredDistance(a, b) - distance) < 1e-12 * distance)
  }
})

test('a turn spreads one coordinate over all of them', () => {
  const turn = drawTurn(stream(1, 'spread'), 128)
  for (let i = 0; i < 128; i++) {
    const axis = new Float64Array(128)
    axis[i] = 1
    turn(axis)
    assert.ok(axis.every((x) => x !== 0 && Math.abs(x) < 0.8))
  }
})

test('a shuffle keeps every thing once', () => {
  const things = Array.from({ length: 50 }, (_, i) => i)
  const order = shuffled(stream(3, 'shuffle'), things)
  assert.notDeepEqual(order, things)
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    things,
  )
})
