import { readFileSync } from 'node:fs'
import { createGauges } from '../../harness/drive/gauges.ts'
import type { Served } from './served.ts'
import type { Connection } from './sockets.ts'

/** A turn of the asking thread, which otherwise takes microseconds, that was longer: it stood still. */
const STILL = 1

export interface Paced {
  /** Milliseconds from the due instant to the whole answer, sorted. */
  readonly took: Float64Array
  /** Milliseconds for which who asks stood still itself. */
  readonly still: number
  /** Processors that the host took away meanwhile; 0 where it does not tell. */
  readonly stolen: number
  /** Milliseconds for which the thread that answers could run, and another had its processor, such as one of the kernel's own; 0 where the system does not tell. */
  readonly waited: number
}

/**
 * Asks `count` of the requests, evenly due at `rate` a second, each on the connection that has been free longest. One loop does it all, and makes next to no
 * garbage: where each connection awaited its own due instant, what collected the garbage of who asked was most of the tail.
 * Rejects with the first request that failed.
 */
export const paced = async (
  { pid }: Served,
  connections: readonly Connection[],
  requests: readonly Uint8Array[],
  rate: number,
  count: number,
): Promise<Paced> => {
  const took = new Float64Array(count)
  const free = [...connections]
  let still = 0
  const read = createGauges(undefined)
  const waitBefore = waitOf(pid)
  await new Promise<void>((resolve, reject) => {
    let asked = 0
    let answered = 0
    let isOver = false
    let last = performance.now()
    const began = last + 10
    const fail = (error: Error): void => {
      isOver = true
      reject(error)
    }
    const dueOf = (i: number): number => began + (i * 1000) / rate
    const ask = (connection: Connection, i: number): void => {
      connection.ask(requests[i % requests.length]!).then(() => {
        took[i] = performance.now() - dueOf(i)
        free.push(connection)
        if (++answered < count) return
        isOver = true
        resolve()
      }, fail)
    }
    /** The instant; where no answer can come, not before the next request is due: each turn of the event loop leaves garbage. */
    const look = (): number => {
      const next = asked < count && free.length === connections.length ? dueOf(asked) : 0
      for (;;) {
        const now = performance.now()
        if (now - last > STILL) still += now - last
        last = now
        if (now >= next) return now
      }
    }
    const turn = (): void => {
      const now = look()
      while (asked < count && free.length > 0 && dueOf(asked) <= now) ask(free.shift()!, asked++)
      if (!isOver) setImmediate(turn)
    }
    turn()
  })
  return {
    took: took.sort(),
    still,
    stolen: read()['machine.stolen'] ?? 0,
    waited: waitOf(pid) - waitBefore,
  }
}

/** What the scheduler says of the main thread of a process (`Documentation/scheduler/sched-stats` of Linux). */
const waitOf = (pid: number | undefined): number => {
  if (pid === undefined || process.platform !== 'linux') return 0
  const [, waited] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')
  return Number(waited) / 1e6
}

export const quantile = ({ took }: Paced, q: number): number => took[Math.floor(took.length * q)]!

export const told = (paced: Paced): string =>
  `${[0.5, 0.99, 0.999].map((q) => `p${q * 100} ${quantile(paced, q).toFixed(2)} ms`).join(', ')}; who asks stood still for ${paced.still.toFixed(0)} ms, ${paced.stolen.toFixed(3)} processors were stolen, the server waited ${paced.waited.toFixed(0)} ms for one`
