import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from './connection.ts'
import type { Evidence } from './evidence.ts'
import { compact, settle } from './maintenance.ts'
import { statusError } from './outcome.ts'

/** A server that answers as told, and what it was asked. */
const scripted = (answers: Readonly<Record<string, (() => unknown)[]>>) => {
  const asked: string[] = []
  const left = new Map(Object.entries(answers).map(([call, all]) => [call, [...all]]))
  const client = new Proxy(
    {},
    {
      get: (_, call: string) => (request: unknown) => {
        asked.push(`${call} ${JSON.stringify(request)}`)
        const all = left.get(call)!
        return (all.length > 1 ? all.shift()! : all[0]!)()
      },
    },
  )
  const ask = async (_: string, request: (client: never) => unknown) => request(client as never)
  const answered = async () => {}
  return { connection: { ask: ask as Connection['ask'], answered, lite: false }, asked }
}
const FLUSH = {
  flush: [() => ({ coll_segIDs: { a: { data: ['7'] } }, coll_flush_ts: { a: '99' } })],
  getFlushState: [() => ({ flushed: false }), () => ({ flushed: true })],
}
const names = (asked: readonly string[]) => asked.map((one) => one.split(' ')[0])
const signal = AbortSignal.timeout(60_000)
const evidence = (...missing: string[]): Evidence => ({ stats: {}, plan: 'index', missing })

test('compact flushes, waits for it, compacts, waits for that', async () => {
  const { connection, asked } = scripted({
    ...FLUSH,
    compact: [() => ({ compactionID: '5' })],
    getCompactionState: [() => ({ state: 'Executing' }), () => ({ state: 'Completed' })],
  })
  await compact(connection, 'a', signal)
  assert.deepEqual(asked, [
    'flush {"collection_names":["a"]}',
    'getFlushState {"collection_name":"a","segmentIDs":["7"],"flush_ts":"99"}',
    'getFlushState {"collection_name":"a","segmentIDs":["7"],"flush_ts":"99"}',
    'compact {"collection_name":"a"}',
    'getCompactionState {"compactionID":"5"}',
    'getCompactionState {"compactionID":"5"}',
  ])
  const lite = scripted(FLUSH)
  await compact({ ...lite.connection, lite: true }, 'a', signal)
  assert.ok(names(lite.asked).every((name) => name !== 'compact'))
})

test('a flush is not sent before all that was sent is answered; at the time-out that is named', async () => {
  const { connection, asked } = scripted(FLUSH)
  const { promise, resolve } = Promise.withResolvers<void>()
  const answered = async (signal: AbortSignal) => {
    signal.throwIfAborted()
    await promise
  }
  const lite = { ...connection, lite: true, answered }
  const compacted = compact(lite, 'a', signal)
  const given = AbortSignal.abort()
  await assert.rejects(compact(lite, 'a', given), {
    outcome: 'unknown',
    message: /waited for: answers to requests that were given up/,
  })
  assert.deepEqual(asked, [])
  resolve()
  await compacted
  assert.equal(names(asked)[0], 'flush')
})

test('settled is settled twice in a row, before and after it is loaded anew', async () => {
  const seen = [
    evidence('300 growing rows', '2 segments not flushed'),
    evidence(),
    evidence('5 rows not indexed'),
    evidence('300 growing rows'),
    evidence(),
    evidence('9 growing rows'),
    evidence(),
  ]
  const looks: number[] = []
  const { connection, asked } = scripted({ ...FLUSH, refreshLoad: [() => ({})] })
  const look = async () => {
    looks.push(asked.length)
    return seen.shift() ?? evidence()
  }
  await settle(connection, 'a', look, signal)
  assert.equal(names(asked).at(-1), 'refreshLoad')
  assert.deepEqual(looks, [3, 3, 3, 3, 3, 4, 4, 4], 'growing rows are no matter before the reload')
})

test('a flush that the server limits is asked for again; any other refusal is told', async () => {
  const limited = statusError('flush', { code: 8, error_code: 'RateLimit', reason: 'rate limit' })
  const refuse = () => {
    throw limited
  }
  const { connection, asked } = scripted({ ...FLUSH, flush: [refuse, FLUSH.flush[0]!] })
  await compact({ ...connection, lite: true }, 'a', signal)
  assert.deepEqual(names(asked).slice(0, 2), ['flush', 'flush'])
  const gone = scripted({ flush: [() => Promise.reject(statusError('flush', { code: 100 }))] })
  await assert.rejects(settle(gone.connection, 'a', null, signal), { code: 100 })
})

test('given up, it names what was still missing', async () => {
  const abort = new AbortController()
  const { connection } = scripted({ ...FLUSH, getFlushState: [() => ({ flushed: true })] })
  const look = async () => {
    setImmediate(() => abort.abort())
    return evidence('5 rows not indexed', '2 segments not flushed')
  }
  await assert.rejects(settle(connection, 'a', look, abort.signal), {
    message: /waited for: 5 rows not indexed, 2 segments not flushed/,
  })
})
