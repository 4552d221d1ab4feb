import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDesk, stalledUntil } from './desk.ts'
import { ok } from './handling.ts'

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

test('what arrives in a stall is handled after it, in the order of arrival; what is due in it is sent after it', () => {
  let time = 0
  const alarms: { at: number; act: () => void }[] = []
  const later = (act: () => void, ms: number) => alarms.push({ at: time + 1000 * ms, act })
  const goTo = (at: number) => {
    time = at
    for (const { act } of alarms.splice(0)) act()
  }
  const desk = createDesk(
    { stall: { every: 10, for: 2, from: 'start' }, capacity: null },
    () => time,
    later,
  )
  const done: string[] = []
  const serve = (name: string, due: number) => {
    const handle = (handled: number) => {
      done.push(`${name} handled at ${handled}`)
      return { ...ok(), due }
    }
    const send = () => done.push(`${name} answered at ${time}`)
    desk.serve({ counts: true, handle, send })
  }
  serve('early', 11_000)
  goTo(10_500)
  serve('first', 0)
  serve('second', 13_000)
  assert.deepEqual(done.splice(0), ['early handled at 0'])
  goTo(11_900)
  assert.deepEqual(done, [])
  goTo(12_100)
  assert.deepEqual(done.splice(0), [
    'early answered at 12100',
    'first handled at 12100',
    'first answered at 12100',
    'second handled at 12100',
  ])
  goTo(13_000)
  assert.deepEqual(done, ['second answered at 13000'])
})
