import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Collection } from '../../harness/model/index.ts'
import { testContract } from '../contract/subtests.fixture.ts'
import { adapter } from './adapter.ts'
import { connect, once } from './connections.ts'

const url = process.env.DRIFTMARK_PGVECTOR
const skip = url
  ? false
  : 'DRIFTMARK_PGVECTOR names no PostgreSQL server with pgvector (postgres://user@host:port/database)'
const clock = { now: () => 0 }
const signal = new AbortController().signal
/** Answers only when it is cancelled: by its client's absence, which the server looks for. */
const ENDLESS = 'SELECT pg_sleep(3600)'

test('pgvector passes the contract on PostgreSQL', { skip }, (t) =>
  testContract(t, adapter, adapter.parse(url)),
)

test('each durability is the one that its connections have', { skip }, async () => {
  for (const [durability, expected] of [
    ['disk', 'on'],
    ['memory', 'off'],
  ] as const) {
    const at: Collection = {
      name: `driftmark_live_${durability}`,
      dimensions: 2,
      metric: 'l2',
      index: { kind: 'hnsw' },
      consistency: 'default',
      durability,
      connections: 3,
    }
    const engine = await adapter.open(adapter.parse(url), at, clock)
    await engine.upsert([{ id: 1, version: 0, vector: Float32Array.of(1, 2) }], signal)
    const facts = await adapter.describe(adapter.parse(url), at)
    assert.equal(facts.synchronous_commit, expected)
    assert.equal(facts.connections, 3)
    await engine.close()
    await adapter.drop!(adapter.parse(url), at.name)
  }
})

test('an aborted request gives its place to the next; a lost connection is replaced', {
  skip,
}, async () => {
  const session = 'SET client_connection_check_interval = 100'
  const connections = await connect(url!, { max: 1, session, shared: false })
  const abort = new AbortController()
  const asked = connections.ask(ENDLESS, abort.signal)
  const waits = connections.ask('SELECT pg_backend_pid()')
  setImmediate(() => abort.abort())
  await assert.rejects(asked, { outcome: 'unknown' })
  const [[pid] = []] = await waits

  const lost = assert.rejects(connections.ask(ENDLESS), { outcome: 'unknown', code: '57P01' })
  const end = `SELECT pg_terminate_backend(${pid}) FROM pg_stat_activity WHERE pid = ${pid} AND wait_event = 'PgSleep'`
  await once(url!, async (ask) => {
    let ended = await ask(end)
    while (ended.length === 0) ended = await ask(end)
  })
  await lost
  assert.deepEqual(await connections.ask('SELECT 1'), [[1]])
  await connections.close()
})
