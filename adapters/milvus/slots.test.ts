import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSlots } from './slots.ts'

test('who finds no slot waits in order; a slot is given back once', async () => {
  const slots = createSlots(2)
  const first = await slots.take()
  await slots.take()
  const order: string[] = []
  const third = slots.take().then((release) => {
    order.push('third')
    return release
  })
  const fourth = slots.take().then(() => order.push('fourth'))
  first()
  first()
  const release = await third
  assert.deepEqual(order, ['third'])
  assert.equal(slots.taken, 2)
  release()
  await fourth
  assert.deepEqual(order, ['third', 'fourth'])
})

test('what is aborted or closed while it waits was surely never sent', async () => {
  const slots = createSlots(1)
  const release = await slots.take()
  const abort = new AbortController()
  const aborted = assert.rejects(slots.take(abort.signal), { outcome: 'fail' })
  const closed = assert.rejects(slots.take(), { outcome: 'fail', message: /before it was sent/ })
  abort.abort()
  slots.close()
  await Promise.all([aborted, closed])
  release()
  assert.equal(slots.taken, 0)
  await assert.rejects(slots.take(), { outcome: 'fail' })
  await assert.rejects(createSlots(1).take(AbortSignal.abort()), { outcome: 'fail' })
})
