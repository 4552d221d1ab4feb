import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MILLI } from '../../model/index.ts'
import { createFlights, flightOf } from './flights.ts'

/** Flights by a clock that stands where it is put, and what became of them. */
const stage = () => {
  let now = 0
  const told: (readonly [string, number])[] = []
  const flights = createFlights({ now: () => now })
  const signals: AbortSignal[] = []
  const send = (limit: number) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const call = (signal: AbortSignal) => {
      signals.push(signal)
      return promise
    }
    flights.send(flightOf(0, 0, 0, 0, limit * MILLI), call, {
      answered: (answer, done) => told.push([answer, done / MILLI]),
      failed: (error, done) => told.push([String(error), done / MILLI]),
      late: (done, why) => told.push([why, done / MILLI]),
    })
    return { resolve, reject }
  }
  return {
    flights,
    told,
    signals,
    send,
    at: (milliseconds: number) => {
      now = milliseconds * MILLI
    },
  }
}
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('an answer is told once, with the instant it came', async () => {
  const { flights, told, send, at } = stage()
  const one = send(100)
  const other = send(100)
  at(7)
  one.resolve('hits')
  other.reject('refused')
  await settle()
  assert.deepEqual(told, [
    ['hits', 7],
    ['refused', 7],
  ])
  assert.equal(flights.count, 0)
})

test('what is over its limit is late and aborted, what is not goes on; a later answer is ignored', async () => {
  const { flights, told, signals, send, at } = stage()
  const short = send(100)
  send(250)
  at(99)
  flights.sweep(99 * MILLI)
  assert.equal(told.length, 0)
  at(115)
  flights.sweep(115 * MILLI)
  assert.deepEqual(told, [['timeout', 115]])
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  )
  short.resolve('too late')
  await settle()
  assert.equal(told.length, 1)
  assert.equal(flights.count, 1)
})

test('an answer after the limit is late even if no sweep has noticed', async () => {
  const { told, send, at } = stage()
  const one = send(100)
  at(101)
  one.resolve('hits')
  await settle()
  assert.deepEqual(told, [['timeout', 101]])
})

test('giving up tells of everything on its way that it was interrupted, and aborts it', () => {
  const { flights, told, signals, send, at } = stage()
  send(100)
  send(10_000)
  at(5)
  flights.giveUp(5 * MILLI)
  assert.deepEqual(told, [
    ['interrupted', 5],
    ['interrupted', 5],
  ])
  assert.ok(signals.every(({ aborted }) => aborted))
  assert.equal(flights.count, 0)
})

test('an adapter that throws at once is one that rejects', async () => {
  const told: string[] = []
  const flights = createFlights({ now: () => 0 })
  const fail = () => {
    throw new Error('at once')
  }
  flights.send(flightOf(0, 0, 0, 0, 1000), fail, {
    answered: () => told.push('answered'),
    failed: (error) => told.push(String(error)),
    late: () => told.push('late'),
  })
  await settle()
  assert.deepEqual(told, ['Error: at once'])
})
