import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDesk, stalledUntil } from './desk.ts'
import { ok, type Reply } from './handling.ts'

test('a stall lasts from each multiple of `every`, the first excepted, for `for`', () => {
  const until = (at: number) => stalledUntil({ every: 100, for: 20, from: 'start' }, 5000, at)
  assert.equal(until(5000), 5000)
  assert.equal(until(104_999), 104_999)
  assert.equal(until(105_000), 125_000)
  assert.equal(until(124_999), 125_000)
  assert.equal(until(125_000), 125_000)
  assert.equal(until(205_001), 225_000)
  assert.equal(stalledUntil(null, 0, 77), 77)
})

/** A desk whose clock is moved by hand; what it did, in order. */
const setUp = (options: Partial<Parameters<typeof createDesk>[0]>) => {
  let time = 0
  const alarms: { at: number; act: () => void }[] = []
  const later = (act: () => void, ms: number) => alarms.push({ at: time + 1000 * ms, act })
  const done: string[] = []
  const desk = createDesk({ stall: null, capacity: null, ...options }, () => time, later)
  return {
    desk,
    goTo: (at: number) => {
      time = at
      for (const { act } of alarms.splice(0)) act()
      return done.splice(0)
    },
    serve: (name: string, reply: Partial<Reply> = {}, counts = true) => {
      const handle = (handled: number) => {
        done.push(`${name} handled at ${handled}`)
        return { ...ok(), ...reply }
      }
      desk.serve({ counts, handle, send: () => done.push(`${name} answered at ${time}`) })
    },
  }
}

test('what arrives in a stall is handled after it, in the order of arrival; what is due in it is sent after it', () => {
  const { serve, goTo } = setUp({ stall: { every: 10, for: 2, from: 'start' } })
  serve('early', { due: 11_000 })
  assert.deepEqual(goTo(10_500), ['early handled at 0'])
  serve('first')
  serve('second', { due: 13_000 })
  assert.deepEqual(goTo(11_900), [])
  assert.deepEqual(goTo(12_100), [
    'early answered at 12100',
    'first handled at 12100',
    'first answered at 12100',
    'second handled at 12100',
  ])
  assert.deepEqual(goTo(13_000), ['second answered at 13000'])
})

test('stalls that are counted from the first write begin after it', () => {
  const { desk, serve, goTo } = setUp({ stall: { every: 10, for: 2, from: 'firstWrite' } })
  goTo(11_000)
  serve('before')
  assert.deepEqual(goTo(15_000), ['before handled at 11000', 'before answered at 11000'])
  desk.begin(15_000)
  desk.begin(16_000)
  goTo(26_000)
  serve('in it')
  assert.deepEqual(goTo(26_900), [])
  assert.deepEqual(goTo(27_000), ['in it handled at 27000', 'in it answered at 27000'])
})

test('with a capacity each request waits for those before it and for its own service', () => {
  const { serve, goTo } = setUp({ capacity: { perSecond: 500 } })
  serve('first')
  serve('second')
  serve('free of charge', {}, false)
  assert.deepEqual(goTo(1999), [])
  assert.deepEqual(goTo(2000), ['first handled at 2000', 'first answered at 2000'])
  goTo(3000)
  serve('third')
  assert.deepEqual(
    goTo(6500).filter((line) => line.includes('handled')),
    ['second handled at 6500', 'free of charge handled at 6500', 'third handled at 6500'],
  )
  serve('after a rest')
  assert.deepEqual(goTo(8499), [])
  assert.equal(goTo(8500).length, 2)
})

test('an answer that is late is held back beyond when it was due', () => {
  const { serve, goTo } = setUp({})
  goTo(1000)
  serve('late', { late: 500 })
  serve('due and late', { late: 500, due: 4000 })
  assert.equal(goTo(1499).length, 2)
  assert.deepEqual(goTo(1500), ['late answered at 1500'])
  assert.deepEqual(goTo(4499), [])
  assert.deepEqual(goTo(4500), ['due and late answered at 4500'])
})
