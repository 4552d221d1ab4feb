/** A thread that writes without a pause until it is told to stop, and says in shared memory what it has acknowledged. */
import { workerData } from 'node:worker_threads'
import { stream } from '../../../harness/model/rng.ts'
import { createHnsw, type Parameters } from './index.ts'

export interface Task {
  readonly parameters: Parameters
  readonly rows: number
  readonly seed: number
  /** [0] 1 when it shall stop, [1] rows written, [2] compactions, [3] segments begun; then, for each row, what it was last acknowledged to be. */
  readonly board: SharedArrayBuffer
}
export const STOP = 0
export const WRITTEN = 1
export const COMPACTED = 2
export const BEGUN = 3
export const FIRST = 4

/** The vector of a row in this version, and nobody else's. */
export const vectorOf = (id: number, version: number, dimensions: number): Float32Array => {
  const chance = stream(7, id, version)
  return Float32Array.from({ length: dimensions }, () => chance.normal())
}

if (workerData) {
  const { parentPort } = await import('node:worker_threads')
  const { parameters, rows, seed, board } = workerData as Task
  const told = new Int32Array(board)
  const index = createHnsw(parameters)
  const upsert = (id: number, version: number): void => {
    index.upsert(id, version, vectorOf(id, version, parameters.dimensions))
    Atomics.store(told, FIRST + id, version)
  }
  for (let id = 0; id < rows; id++) upsert(id, 1)
  const shared = index.share()
  parentPort!.postMessage(shared, [shared.news])
  const chance = stream(seed, 'writer')
  const isOne = parameters.segmentBytes === undefined
  let before = index.stats().segments
  let compaction: Generator<void, void> | undefined
  for (let version = 2; Atomics.load(told, STOP) === 0; version++) {
    // A row in ten is never touched, and odd ones are never deleted. In segments, all others leave the old ones in turn.
    const id = isOne ? Math.floor(chance.uniform() * rows) : version % rows
    if (id % 10 === 0) continue
    if (id % 2 === 0 && chance.uniform() < 0.3) {
      if (index.delete(id)) Atomics.store(told, FIRST + id, -version)
    } else upsert(id, version)
    Atomics.add(told, WRITTEN, 1)
    const { segments } = index.stats()
    if (segments > before) Atomics.add(told, BEGUN, segments - before)
    before = segments
    if (parameters.hot && chance.uniform() < 0.5) index.linkOne()
    if (!compaction && index.stats().tombstones > rows * (isOne ? 0.1 : 3))
      compaction = index.compaction()
    if (compaction?.next().done) {
      compaction = undefined
      Atomics.add(told, COMPACTED, 1)
    }
  }
  parentPort!.postMessage({ ...index.stats(), ...index.shape() })
}
