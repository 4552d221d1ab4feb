import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { monotonic } from './clock.ts'

/** How far two threads may find the origin of performance.now() apart, in µs: the width of the best of twenty looks. */
const ORIGIN_ERROR = 50

test('every thread reads the same clock, however late it began: what happens between two readings lies between them', async () => {
  const clock = JSON.stringify(new URL('./clock.ts', import.meta.url).href)
  const source = `
    const { parentPort } = require('node:worker_threads')
    import(${clock}).then(({ monotonic }) => {
      parentPort.on('message', () => parentPort.postMessage(monotonic()))
      parentPort.postMessage('ready')
    })`
  const worker = new Worker(source, { eval: true })
  await once(worker, 'message')
  for (let i = 0; i < 20; i++) {
    const before = monotonic()
    worker.postMessage('now?')
    const [there] = (await once(worker, 'message')) as [number]
    const after = monotonic()
    assert.ok(there >= before - ORIGIN_ERROR, `${before - there} µs before it was asked`)
    assert.ok(there <= after + ORIGIN_ERROR, `${there - after} µs after it was answered`)
  }
  await worker.terminate()
})
