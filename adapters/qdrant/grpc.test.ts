import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Collection } from '../../harness/model/index.ts'
import { adapter } from './adapter.ts'
import { openReplay, RECORDED_CALLS, STEPS } from './grpc-replay.fixture.ts'
import { openStub } from './stub.fixture.ts'

const at: Collection = {
  name: 'rows',
  dimensions: 2,
  metric: 'l2',
  index: { kind: 'hnsw', ef: 40 },
  consistency: 'default',
  durability: 'default',
  connections: 2,
}
const signal = new AbortController().signal

test('over gRPC the adapter sends the bytes that were recorded, and reads the answers of the server', async (t) => {
  assert.match(RECORDED_CALLS.about, /recorded from a Qdrant server 1\.19\.0/)
  const [stub, replay] = await Promise.all([openStub(), openReplay()])
  t.after(() => Promise.all([stub.close(), replay.close()]))
  const options = adapter.parse({ url: stub.url, transport: 'grpc', grpcUrl: replay.url })
  const engine = await adapter.open(options, at, { now: () => 0 })
  for (const [step, expected] of STEPS) {
    const answer = async () => step(engine, signal)
    if (expected instanceof RegExp)
      await assert.rejects(answer(), { outcome: 'fail', message: expected })
    else assert.deepEqual(await answer(), expected)
  }
  assert.ok(
    stub.asked.every(({ path }) => !path.includes('/points')),
    'rows go over gRPC alone',
  )
})

test('what was not waited for is another message; nobody listening is a refusal', async (t) => {
  const [stub, replay] = await Promise.all([openStub(), openReplay()])
  t.after(() => stub.close())
  const options = adapter.parse({ url: stub.url, transport: 'grpc', grpcUrl: replay.url })
  const queued = await adapter.open({ ...options, wait: false }, at, { now: () => 0 })
  await assert.rejects(queued.delete([1], signal), /was not recorded/)
  await replay.close()
  const engine = await adapter.open(options, at, { now: () => 0 })
  await assert.rejects(engine.delete([1], signal), { outcome: 'fail', message: /ECONNREFUSED/ })
})
