/** A thread that writes rows ever farther from the origin, so that the centre moves whenever it is looked for: while they are few, and with each compaction. */
import { workerData } from 'node:worker_threads'
import { stream } from '../../../harness/model/rng.ts'
import { createHnsw, type Parameters, urgencyOf } from './index.ts'

export interface Task {
  readonly parameters: Parameters
  readonly rows: number
  /** So many are there at most: the oldest goes. */
  readonly window: number
  /** [0] rows that came. */
  readonly board: SharedArrayBuffer
}

export const vectorOf = (row: number, dimensions: number): Float32Array => {
  const chance = stream(11, row)
  return Float32Array.from({ length: dimensions }, () => 10 * row + chance.normal())
}

if (workerData) {
  const { parentPort } = await import('node:worker_threads')
  const { parameters, rows, window, board } = workerData as Task
  const told = new Int32Array(board)
  const index = createHnsw(parameters)
  const shared = index.share()
  parentPort!.postMessage(shared, [shared.news])
  for (let row = 0; row < rows; row++) {
    index.upsert(row, row, vectorOf(row, parameters.dimensions))
    Atomics.store(told, 0, row + 1)
    index.delete(row - window)
    if (urgencyOf(index.stats(), 0.15) > 1) for (const _ of index.compaction());
    if (parameters.hot && row % 3 === 0) index.linkOne()
  }
}
