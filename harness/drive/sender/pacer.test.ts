import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI, type Micros } from '../../model/index.ts'
import { clockFrom, monotonic } from '../clock.ts'
import { createPacer } from './pacer.ts'

test('work is called when it asked to be, near or far, and no more once it says that it is over', async () => {
  const clock = clockFrom(monotonic())
  const { promise, resolve } = Promise.withResolvers<void>()
  const dues: Micros[] = [0, 1, 3, 8, 9, 40].map((at) => at * MILLI)
  const begun: { due: Micros; now: Micros }[] = []
  const pacer = createPacer({
    clock,
    turned: () => {},
    work: (now) => {
      while (dues.length > 0 && dues[0]! <= now) begun.push({ due: dues.shift()!, now })
      if (dues.length === 0) resolve()
      return dues[0] ?? null
    },
  })
  pacer.start()
  await promise
  assert.equal(begun.length, 6)
  for (const { due, now } of begun) assert.ok(now >= due)
})

test('what waits for nothing but a stir sleeps until it is stirred', async () => {
  const turns: number[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const pacer = createPacer({
    clock: clockFrom(monotonic()),
    turned: () => {},
    work: () => {
      turns.push(turns.length)
      if (turns.length === 2) resolve()
      return turns.length === 2 ? null : Number.POSITIVE_INFINITY
    },
  })
  pacer.start()
  for (let i = 0; i < 10; i++) await new Promise((done) => setImmediate(done))
  assert.equal(turns.length, 1)
  pacer.stir()
  await promise
  assert.equal(turns.length, 2)
})

test('the time asleep is no stretch, the time inside a callback is', async () => {
  const clock = clockFrom(monotonic())
  const { promise, resolve } = Promise.withResolvers<void>()
  let slept: Micros = 0
  let worked: Micros = 0
  let turn = 0
  let total: Micros = 0
  const pacer = createPacer({
    clock,
    turned: (_, stretch) => {
      total += stretch
    },
    work: (now) => {
      turn++
      if (turn === 1) {
        const from = clock.now()
        while (clock.now() < from + 5 * MILLI);
        worked = clock.now() - from
        return clock.now() + 30 * MILLI
      }
      slept = now
      if (now < 30 * MILLI) return 30 * MILLI
      resolve()
      return null
    },
  })
  pacer.start()
  await promise
  assert.ok(total >= worked, `${total} µs in callbacks, ${worked} µs worked`)
  assert.ok(total <= slept - 15 * MILLI, `${total} µs in callbacks, ${slept} µs in all`)
})

test('what comes due while answers are handled is done between them, not after the last', async () => {
  const clock = clockFrom(monotonic())
  const order: string[] = []
  const due = 4 * MILLI
  const pacer = createPacer({
    clock,
    turned: () => {},
    work: (now) => {
      if (order.length === 0 || now < due) return due
      order.push('sent')
      return null
    },
  })
  const answer = (): void => {
    while (clock.now() < due);
    order.push('answered')
    pacer.stir()
  }
  pacer.start()
  setImmediate(answer)
  setImmediate(answer)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(order, ['answered', 'sent', 'answered'])
})
