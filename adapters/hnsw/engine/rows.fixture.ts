/** A thread that writes rows until there are so many: what came is there when the board says so, and every eighth is deleted a while later. */
import { workerData } from 'node:worker_threads'
import { createHnsw, type Parameters } from './index.ts'

export interface Task {
  readonly parameters: Parameters
  readonly rows: number
  readonly board: SharedArrayBuffer
}
/** [0] rows that came; those before [1] went, where they are of the eighth. */
export const CAME = 0
export const WENT = 1
/** Rows that live on for so long at least, until a map is replaced in between. */
export const BEHIND = 500
export const isMortal = (row: number): boolean => row % 8 === 0
/** Far from dense, and each of its own. */
export const idOf = (row: number): number => Math.imul(row, 0x2c1b3c6d) >>> 0

if (workerData) {
  const { parentPort } = await import('node:worker_threads')
  const { parameters, rows, board } = workerData as Task
  const told = new Int32Array(board)
  const index = createHnsw(parameters, 'exact')
  const shared = index.share()
  parentPort!.postMessage(shared, [shared.news])
  for (let row = 0; row < rows; row++) {
    index.upsert(idOf(row), row, new Float32Array(parameters.dimensions))
    Atomics.store(told, CAME, row + 1)
    const gone = row - BEHIND
    if (gone < 0) continue
    // Told before: from now on it may be gone, or not yet.
    Atomics.store(told, WENT, gone + 1)
    if (isMortal(gone)) index.delete(idOf(gone))
  }
}
