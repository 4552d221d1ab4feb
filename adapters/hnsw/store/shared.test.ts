import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shared } from './shared.ts'

test('whoever asks while a run ends shares the next one: two never run at once', async () => {
  let underWay = 0
  let runs = 0
  const run = shared(async () => {
    underWay += 1
    runs += 1
    assert.equal(underWay, 1)
    await null
    underWay -= 1
  })
  const asked = [run(), run()]
  for (let tick = 0; tick < 20; tick++) {
    await null
    asked.push(run())
  }
  await Promise.all(asked)
  assert.ok(runs > 2)
})

test('who waits for the next run gets one, whatever became of the run before', async () => {
  const outcomes = [Promise.reject(new Error('first')), Promise.resolve()]
  const run = shared(async () => outcomes.shift())
  const [first, second] = await Promise.allSettled([run(), run()])
  assert.deepEqual([first!.status, second!.status], ['rejected', 'fulfilled'])
})
