import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askAll, lasting, QUESTIONS, RECORDED } from './exchanges.fixture.ts'
import { openStub } from './stub.fixture.ts'

test('the recorded answers are those to the questions, from a server that is named', () => {
  assert.match(RECORDED.about, /recorded from a Qdrant server 1\.19\.0/)
  const asked = RECORDED.exchanges.map(({ name, method, path }) => ({ name, method, path }))
  assert.deepEqual(
    asked,
    QUESTIONS.map(({ name, method, path }) => ({ name, method, path })),
  )
})

test('the stub answers every question as the server did, its moment apart', async (t) => {
  const stub = await openStub()
  t.after(() => stub.close())
  for (const [i, { name, status, answer }] of (await askAll(stub.url)).entries()) {
    const recorded = RECORDED.exchanges[i]!
    assert.equal(status, recorded.status, name)
    assert.deepEqual(lasting(answer), lasting(recorded.answer), name)
  }
})
