import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testContract } from '../contract/subtests.fixture.ts'
import { skipLive } from '../live.fixture.ts'
import { adapter } from './adapter.ts'
import { askAll, lasting, RECORDED } from './exchanges.fixture.ts'
import { missing, openServer } from './server.fixture.ts'

const skip = skipLive('qdrant', missing)
let server: Awaited<ReturnType<typeof openServer>>
before(async () => {
  if (!skip) server = await openServer()
})
after(async () => {
  if (!skip) await server.close()
})

test('qdrant passes the contract on a server, over REST', { skip }, (t) =>
  testContract(t, adapter, server.rest),
)

test('qdrant passes the contract on a server, over gRPC', { skip }, (t) =>
  testContract(t, adapter, server.grpc),
)

test('a server of the recorded version still answers as recorded', { skip }, async (t) => {
  const { version } = await adapter.describe(server.rest)
  if (version !== '1.19.0') return t.skip(`this server is ${version}, the recording of 1.19.0`)
  for (const [i, { name, status, answer }] of (await askAll(server.rest.url!)).entries()) {
    const recorded = RECORDED.exchanges[i]!
    assert.equal(status, recorded.status, name)
    assert.deepEqual(Object.keys(answer as object), Object.keys(recorded.answer as object), name)
    if (name !== 'the collection') assert.deepEqual(lasting(answer), lasting(recorded.answer), name)
  }
})
