/** A thread that writes rows ever farther from the origin, so that the centre moves whenever it is looked for. */
import { workerData } from 'node:worker_threads'
import { stream } from '../../../harness/model/rng.ts'
import { createHnsw, type Parameters } from './index.ts'

export interface Task {
  readonly parameters: Parameters
  readonly rows: number
  /** [0] rows that came. */
  readonly board: SharedArrayBuffer
}

export const vectorOf = (row: number, dimensions: number): Float32Array => {
  const chance = stream(11, row)
  return Float32Array.from({ length: dimensions }, () => 10 * row + chance.normal())
}

if (workerData) {
  const { parentPort } = await import('node:worker_threads')
  const { parameters, rows, board } = workerData as Task
  const told = new Int32Array(board)
  const index = createHnsw(parameters)
  const shared = index.share()
  parentPort!.postMessage(shared, [shared.news])
  for (let row = 0; row < rows; row++) {
    index.upsert(row, row, vectorOf(row, parameters.dimensions))
    Atomics.store(told, 0, row + 1)
    if (parameters.hot && row % 3 === 0) index.linkOne()
  }
}
