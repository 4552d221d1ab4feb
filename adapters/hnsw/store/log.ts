import { isRefused, refused } from '../refused.ts'
import type { Kind } from './frame.ts'
import { isFull, type Segments } from './segments.ts'
import { shared } from './shared.ts'
import type { Sync } from './sync.ts'
import { takeTurns } from './turns.ts'

export interface Log {
  /**
   * Numbers the operation, writes it, and applies it, one after the other in the order of the numbers; resolves when it is applied and lasts.
   * What is written while a sync is under way shares the next one (group commit). Rejects with 507 where the disk is full, and keeps nothing
   * then.
   */
  append<Result>(kind: Kind, payload: Buffer, apply: (number: number) => Result): Promise<Result>
  /** Resolves when what is applied by now lasts. */
  lasting(): Promise<void>
  /** Closes the newest segment. Resolves with the last number that closed segments hold. */
  seal(): Promise<number>
  /** Refuses what comes from now on, and makes the rest last; the last work is done once all of it is applied. */
  close(finish: () => Promise<void>): Promise<void>
}

interface Entry {
  readonly kind: Kind
  readonly payload: Buffer
  readonly apply: (number: number) => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}
type Seal = { resolve(last: number): void; reject(error: unknown): void }

/** Bytes written at once, but for a single operation that is larger. */
const MOST_AT_ONCE = 8 * 2 ** 20

export const createLog = (segments: Segments, sync: Sync): Log => {
  const waiting: Entry[] = []
  const seals: Seal[] = []
  let running: Promise<void> | null = null
  let applied: Promise<void> = Promise.resolve()
  /** Of what was written last: when it may be acknowledged. */
  let lasting: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let syncDue = false
  /** Why nothing is taken any more. */
  let ended: Error | null = null
  /** The same, of what is not waiting yet. */
  let closing: Error | null = null

  const run = (): void => {
    running ??= flush()
  }
  const flush = async (): Promise<void> => {
    // What arrived together with the first shares its write.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0 || seals.length > 0 || syncDue) {
      const batch = takeBatch(waiting)
      if (batch.length > 0) await commit(batch)
      if (syncDue) syncNow()
      const seal = seals.shift()
      if (seal) await guarded(segments.seal).then(seal.resolve, seal.reject)
    }
    running = null
  }
  /** Neither the next write nor who searches waits until the disk has this one: its acknowledgement does. */
  const commit = async (batch: readonly Entry[]): Promise<void> => {
    try {
      const first = await guarded(() => segments.write(batch))
      if (typeof sync === 'number') timer ??= setTimeout(syncSoon, sync)
      if (sync === 'always') lasting = synced()
      const lasts = lasting
      lasts.catch(() => undefined)
      applied = applied.then(() => applyAll(batch, first, lasts))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  const applyAll = async (batch: readonly Entry[], first: number, lasts: Promise<void>) => {
    const turn = takeTurns()
    for (const [i, { apply, resolve, reject }] of batch.entries()) {
      const result = perform(() => apply(first + i))
      // A refusal waits as well: it tells of what was applied before.
      const both = Promise.allSettled([result, lasts])
      both.then(() => lasts).then(() => resolve(result), reject)
      await turn()
    }
  }
  const syncSoon = (): void => {
    timer = undefined
    syncDue = true
    run()
  }
  /** Nobody waits for it: where it fails, the log has ended, and every later write is told. */
  const syncNow = (): void => {
    syncDue = false
    synced().catch(() => undefined)
  }
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (ended) throw ended
    try {
      return await work()
    } catch (error) {
      const refusal = refusalOf(error as NodeJS.ErrnoException, segments.broken)
      if (segments.broken) ended = refusal
      throw refusal
    }
  }
  const perform = async (apply: () => unknown): Promise<unknown> => {
    try {
      return apply()
    } catch (error) {
      if (!isRefused(error)) ended = refusalOf(error as Error, true)
      throw error
    }
  }
  const synced = shared(() => guarded(segments.sync))
  return {
    append: <Result>(kind: Kind, payload: Buffer, apply: (number: number) => Result) =>
      new Promise<Result>((resolve, reject) => {
        const refusal = ended ?? closing
        if (refusal) throw refusal
        waiting.push({ kind, payload, apply, resolve: resolve as Entry['resolve'], reject })
        run()
      }),
    lasting: () => lasting,
    seal: () =>
      new Promise((resolve, reject) => {
        seals.push({ resolve, reject })
        run()
      }),
    close: async (finish) => {
      closing = refused(503, 'stopping', 'the server is stopping')
      while (running) await running
      await applied
      await finish()
      while (running) await running
      clearTimeout(timer)
      await lasting.catch(() => undefined)
      ended ??= closing
      await segments.close()
    },
  }
}

const takeBatch = (waiting: Entry[]): Entry[] => {
  let bytes = 0
  const fitting = waiting.findIndex(({ payload }, i) => {
    bytes += payload.length
    return i > 0 && bytes > MOST_AT_ONCE
  })
  return waiting.splice(0, fitting === -1 ? waiting.length : fitting)
}

/** A refusal for people, of what went wrong with a file. */
export const refusalOf = (error: NodeJS.ErrnoException, ended: boolean): Error => {
  const { code, message } = error
  if (ended)
    return refused(
      503,
      'log-failed',
      `the log has failed (${message}): nothing is taken before a new start`,
    )
  return isFull(error)
    ? refused(507, 'disk-full', `the disk of the data folder is full (${code}): nothing was stored`)
    : refused(503, 'log', `the data folder could not be written (${message}): nothing was stored`)
}
