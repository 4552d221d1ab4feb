/** The writer of `beside`: fills an index, then inserts while the board says so. */
import { parentPort, workerData } from 'node:worker_threads'
import { engine } from './contender.ts'
import { SETS } from './sets.ts'

export interface Order {
  readonly rows: number
  /** Rows to be inserted after that; their ids come round again. */
  readonly more: number
  /** [0] whether to write, [WRITTEN] rows written since. */
  readonly board: SharedArrayBuffer
}
export const STOPPED = 0
export const GO = 1
export const WRITTEN = 1

if (parentPort) {
  const { rows, more, board } = workerData as Order
  const told = new Int32Array(board)
  const set = SETS.iso128(rows + more, 1, 1)
  const index = engine(set.dimensions)
  for (let id = 0; id < rows; id++) index.upsert(id, 0, set.rows[id]!)
  const shared = index.share()
  parentPort.postMessage(shared, [shared.news])
  for (let i = 0; ; i++) {
    Atomics.wait(told, 0, STOPPED)
    const id = rows + (i % more)
    index.upsert(id, 0, set.rows[id]!)
    Atomics.add(told, WRITTEN, 1)
  }
}
