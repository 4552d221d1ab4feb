import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { Op } from '../../model/index.ts'
import { control, traceOf, upsert } from '../trace.fixture.ts'
import { boardMemory, createBoard } from './board.ts'

const into = (time: number, id: number): Op => ({ ...upsert(time, id), space: 1 })
const memoryOf = (ops: readonly Op[]): SharedArrayBuffer => boardMemory(traceOf(ops).ops)

test('places: as many as the cap, and again when one is given back', () => {
  const board = createBoard(memoryOf([]))
  assert.deepEqual(
    [1, 2, 3].map(() => board.take(2)),
    [true, true, false],
  )
  assert.equal(board.inFlight, 2)
  board.free()
  assert.equal(board.take(2), true)
  assert.equal(board.take(Number.POSITIVE_INFINITY), true)
  assert.equal(board.inFlight, 3)
})

test('a swap waits for the writes into space 1 that are due before it, and for no others', () => {
  const ops = [upsert(0, 1), into(1, 2), into(2, 3), control(3, 'swap', 1), into(4, 5)]
  const board = createBoard(memoryOf(ops))
  board.filled()
  let filled = 0
  board.whenFilled(() => filled++)
  assert.equal(filled, 0)
  const idle = createBoard(memoryOf([into(1, 2)]))
  idle.whenFilled(() => filled++)
  assert.equal(filled, 1)
})

test('the cap holds and the last write is heard of while other threads take, give back and fill', async () => {
  const writes = 400
  const memory = memoryOf([
    ...Array.from({ length: writes }, (_, i) => into(i, i)),
    control(writes, 'swap', 1),
  ])
  const board = createBoard(memory)
  const filled = new Promise<void>((resolve) => board.whenFilled(resolve))
  const path = JSON.stringify(new URL('./board.ts', import.meta.url).href)
  const source = `
    const { parentPort, workerData } = require('node:worker_threads')
    import(${path}).then(({ createBoard }) => {
      const board = createBoard(workerData)
      let most = 0
      for (let i = 0; i < 200; ) {
        if (!board.take(1)) continue
        most = Math.max(most, board.inFlight)
        board.free()
        board.filled()
        i++
      }
      parentPort.postMessage(most)
    })`
  const threads = [1, 2].map(() => new Worker(source, { eval: true, workerData: memory }))
  const told = await Promise.all(threads.map((thread) => once(thread, 'message')))
  assert.deepEqual(told.flat(), [1, 1])
  await filled
  assert.equal(board.inFlight, 0)
})
