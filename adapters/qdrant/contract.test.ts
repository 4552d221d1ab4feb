import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testContract } from '../contract/subtests.fixture.ts'
import { adapter } from './adapter.ts'
import { openStub } from './stub.fixture.ts'

test('qdrant passes the contract on the stub, and says with every write whether it waits', async (t) => {
  const stub = await openStub()
  t.after(() => stub.close())
  await testContract(t, adapter, adapter.parse(stub.url))
  const writes = stub.asked.filter(({ path }) => /\/points(\/delete)?\?/.test(path))
  assert.ok(writes.length > 50)
  for (const { path } of writes) assert.match(path, /[?&]wait=true(&|$)/)
  const unsaid = stub.asked.filter(
    ({ method, path }) => (/\/points$/.test(path) && method === 'PUT') || /\/delete$/.test(path),
  )
  assert.deepEqual(unsaid, [])
})
