import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { attachHnsw, type SharedIndex } from '../../adapters/hnsw/engine/index.ts'
import { median } from '../machine.ts'
import { GO, type Order, STOPPED, WRITTEN } from './beside.worker.ts'
import { K } from './contender.ts'
import { SETS } from './sets.ts'

const EF = 64
/** A thread's time of processor is told in ticks of up to 4 ms: all queries once are some thirty. */
const TIMES = 5

/** Searches a second of CPU of this thread's reader while the writer's thread rests, and while it inserts without a pause: medians of rounds, and `share`, that of what each round says of both. */
export const beside = async (rows: number, queries: number, rounds: number) => {
  const board = new SharedArrayBuffer(8)
  const told = new Int32Array(board)
  const order: Order = { rows, more: rows, board }
  const worker = new Worker(new URL('./beside.worker.ts', import.meta.url), { workerData: order })
  const [shared] = (await once(worker, 'message')) as [SharedIndex]
  const reader = attachHnsw(shared)
  const asked = SETS.iso128(1, queries, 1).queries
  const rate = (): number => {
    const began = process.threadCpuUsage()
    for (let time = 0; time < TIMES; time++) {
      for (const query of asked) reader.search(query, K, EF)
    }
    const { user, system } = process.threadCpuUsage(began)
    return (1e6 * TIMES * asked.length) / (user + system)
  }
  const set = (state: number): void => {
    Atomics.store(told, 0, state)
    Atomics.notify(told, 0)
  }
  rate()
  const alone: number[] = []
  const together: number[] = []
  const writes: number[] = []
  for (let round = 0; round < rounds; round++) {
    set(STOPPED)
    alone.push(rate())
    set(GO)
    const before = Atomics.load(told, WRITTEN)
    const began = performance.now()
    together.push(rate())
    writes.push((1000 * (Atomics.load(told, WRITTEN) - before)) / (performance.now() - began))
  }
  reader.close()
  await worker.terminate()
  const share = median(together.map((rate, round) => rate / alone[round]!))
  return { alone: median(alone), together: median(together), share, writes: median(writes) }
}
