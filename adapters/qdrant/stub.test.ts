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

test('the stub says that a wait was too long as the server said it, and asks for a key as it did', async (t) => {
  const stub = await openStub('hush')
  t.after(() => stub.close())
  const refused = await fetch(stub.url + RECORDED.keyless.path)
  assert.equal(refused.status, 401)
  assert.equal(await refused.text(), RECORDED.keyless.answer)
  const put = async (path: string, body: object) => {
    const headers = { 'api-key': 'hush', 'content-type': 'application/json' }
    const response = await fetch(stub.url + path, {
      method: 'PUT',
      headers,
      body: JSON.stringify(body),
    })
    return { status: response.status, answer: lasting(await response.json()) }
  }
  await put('/collections/recorded', { vectors: { size: 1, distance: 'Dot' } })
  stub.writes = 'wait_timeout'
  const { path, status, answer } = RECORDED.timedOut
  const points = [{ id: 1, vector: [1], payload: {} }]
  assert.deepEqual(await put(path, { points }), { status, answer: lasting(answer) })
})
