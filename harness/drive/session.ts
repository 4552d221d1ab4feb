import type { After, Dataset, Facts, Row, Trace } from '../model/index.ts'
import { monotonic } from './clock.ts'
import { writeAfter } from './folder/index.ts'
import type { Progress } from './progress.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import type { Rebuild } from './sender/afterwards.ts'
import type { Evidence } from './sender/protocol.ts'
import { startSenders } from './senders.ts'

/** Clock zero lies this far in the future, in µs, when the senders are told to play, so that the first op is not late. */
const LEAD = 50_000

/** What a run is played with. */
export interface Plan {
  /** A name of the adapter table, or the absolute path of an adapter of one's own. */
  readonly adapter: string
  /** As typed, for `parse`; or those that `launch` gave, with `parsed`. Structured-cloneable. */
  readonly options: unknown
  readonly parsed?: boolean
  readonly trace: Trace
  readonly dataset: Dataset
  /** The run folder; it exists, and holds manifest and trace before `play`. */
  readonly dir: string
  /** Begins the names of the run's collections: `[a-z][a-z0-9_]*`, short, and new for every run. */
  readonly prefix: string
  /** The process of the engine, for CPU and memory gauges. */
  readonly enginePid?: number
  /** Threads that send, each with connections of its own (default 1); the ops are split between them by sender/split.ts. */
  readonly senders?: number
  /** About once a second. */
  onProgress?(progress: Progress): void
  /** Once, if the engine's own gauges could not be read. */
  onStatsFailure?(why: string): void
}

export interface Session {
  /** Optional methods that the engine and the adapter have. */
  readonly capabilities: readonly string[]
  readonly facts: Facts
  /** Loads the rows that are there before the clock starts, and settles. Errors: PRELOAD_FAILED, NOT_ANSWERED. */
  preload(): Promise<'bulkLoad' | 'upsert' | 'nothing'>
  /** Does the index under test answer? Asked after the preload; null if the engine cannot tell. */
  plan(): Promise<Evidence | null>
  /** Plays the trace, writing history.arrow and samples.arrow as it goes; aborting `signal` ends it within about 2 s. */
  play(signal: AbortSignal): Promise<{ interrupted: boolean }>
  /** Asks the collection that searches follow again, after the trace, into after.arrow. */
  planAfter(): Promise<Evidence | null>
  /** Looks up rows by id, `rows[space]` in each space, into after.arrow; null if the engine can neither `get` nor `exact`. */
  lookups(rows: readonly (readonly Row[])[]): Promise<After['lookups']>
  /** Loads rows into a fresh collection, asks the queries there, drops it; adds the answers to after.arrow. */
  rebuild(rebuild: Rebuild): Promise<NonNullable<After['rebuilds']>>
  /** Drops the run's collections and ends the thread. Call it whatever happened before. */
  close(): Promise<void>
}

/**
 * Starts the senders, threads of their own, and opens the engine in each.
 * Errors: those of the adapter index, TARGET_OPTIONS, NOT_ANSWERED; SENDER_ENDED from every method if a thread dies.
 */
export const openSession = async (plan: Plan): Promise<Session> => {
  let recorder: Recorder | null = null
  const senders = startSenders(plan, (told, sender) => recorder?.hear(told, sender))
  const { leader } = senders
  const { dir } = plan
  const after: { -readonly [K in keyof After]: After[K] } = { lookups: null, rebuilds: null }
  try {
    const { capabilities, facts } = await senders.open()
    return {
      capabilities,
      facts,
      preload: () => leader.ask('preload', undefined),
      plan: () => leader.ask('plan', undefined),
      play: async (signal) => {
        await senders.prepare()
        const origin = monotonic() + LEAD
        const record = createRecorder(plan, origin)
        recorder = record
        signal.addEventListener('abort', senders.stop, { once: true })
        try {
          const playing = senders.play(origin, record.ended)
          if (signal.aborted) senders.stop()
          const endings = await playing
          const interrupted = endings.some((ending) => ending.interrupted)
          const ended = Math.max(...endings.map(({ at }) => at))
          record.close(Math.min(ended, ...endings.map(({ begun }) => begun)), interrupted)
          return { interrupted }
        } finally {
          signal.removeEventListener('abort', senders.stop)
          recorder = null
        }
      },
      planAfter: async () => {
        const plan = await leader.ask('plan', undefined)
        if (plan !== null) after.plan = plan
        writeAfter(dir, after)
        return plan
      },
      lookups: async (rows) => {
        after.lookups = await leader.ask('lookups', rows)
        writeAfter(dir, after)
        return after.lookups
      },
      rebuild: async (rebuild) => {
        const answers = await leader.ask('rebuild', rebuild)
        after.rebuilds = after.rebuilds === null ? answers : joined(after.rebuilds, answers)
        writeAfter(dir, after)
        return answers
      },
      close: senders.close,
    }
  } catch (error) {
    await senders.terminate()
    throw error
  }
}

type Rebuilds = NonNullable<After['rebuilds']>

const joined = (a: Rebuilds, b: Rebuilds): Rebuilds => ({
  count: a.count + b.count,
  checkpoint: Uint32Array.from([...a.checkpoint, ...b.checkpoint]),
  rebuild: Uint32Array.from([...a.rebuild, ...b.rebuild]),
  query: Uint32Array.from([...a.query, ...b.query]),
  effort: Int32Array.from([...a.effort, ...b.effort]),
  hits: Uint32Array.from([...a.hits, ...b.hits.subarray(1).map((to) => to + a.hitIds.length)]),
  hitIds: Uint32Array.from([...a.hitIds, ...b.hitIds]),
  hitVersions: Int32Array.from([...a.hitVersions, ...b.hitVersions]),
})
