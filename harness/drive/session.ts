import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import type { After, Dataset, Facts, Micros, OpColumns, Row, Trace } from '../model/index.ts'
import { createCalls } from './calls.ts'
import { createHistory, createSamples, type HistoryFile, writeAfter } from './folder/index.ts'
import { createGauges } from './gauges.ts'
import type { Progress } from './progress.ts'
import type { Rebuild } from './sender/afterwards.ts'
import type { Evidence, SenderPlan, Told } from './sender/protocol.ts'
import type { Vitals } from './sender/vitals.ts'

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
  /** About once a second. */
  onProgress?(progress: Progress): void
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
  /** Looks up rows by id, `rows[space]` in each space, into after.arrow; null if the engine can neither `get` nor `exact`. */
  lookups(rows: readonly (readonly Row[])[]): Promise<After['lookups']>
  /** Loads rows into a fresh collection, asks the queries there, drops it; adds the answers to after.arrow. */
  rebuild(rebuild: Rebuild): Promise<NonNullable<After['rebuilds']>>
  /** Drops the run's collections and ends the thread. Call it whatever happened before. */
  close(): Promise<void>
}

/**
 * Starts the sender, a thread of its own, and opens the engine in it.
 * Errors: those of the adapter index, TARGET_OPTIONS, NOT_ANSWERED; SENDER_ENDED from every method if the thread dies.
 */
export const openSession = async (plan: Plan): Promise<Session> => {
  const worker = startSender(plan)
  const listeners: ((told: Told) => void)[] = []
  const calls = createCalls(worker, (told) => {
    for (const listen of listeners) listen(told)
  })
  const after: { -readonly [K in keyof After]: After[K] } = { lookups: null, rebuilds: null }
  try {
    const { capabilities, facts } = await calls.ask('open', undefined)
    return {
      capabilities,
      facts,
      preload: () => calls.ask('preload', undefined),
      plan: () => calls.ask('plan', undefined),
      play: async (signal) => {
        const writer = createWriter(plan)
        listeners.push(writer.hear)
        const stop = (): void => void calls.ask('stop', undefined).catch(() => {})
        signal.addEventListener('abort', stop, { once: true })
        try {
          const playing = calls.ask('play', undefined)
          if (signal.aborted) stop()
          const { until, interrupted } = await playing
          writer.close(until, interrupted)
          return { interrupted }
        } finally {
          signal.removeEventListener('abort', stop)
          listeners.splice(listeners.indexOf(writer.hear), 1)
        }
      },
      lookups: async (rows) => {
        after.lookups = await calls.ask('lookups', rows)
        writeAfter(plan.dir, after)
        return after.lookups
      },
      rebuild: async (rebuild) => {
        const answers = await calls.ask('rebuild', rebuild)
        after.rebuilds = after.rebuilds === null ? answers : joined(after.rebuilds, answers)
        writeAfter(plan.dir, after)
        return answers
      },
      close: () => calls.close(),
    }
  } catch (error) {
    await worker.terminate()
    throw error
  }
}

/** A scavenge that waits for helper threads waits for a core; the sender's garbage dies young and one thread collects it. */
const LONE_COLLECTOR = '--no-parallel-scavenge'

const startSender = ({ adapter, options, parsed, trace, dataset, prefix }: Plan): Worker => {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const workerData: SenderPlan = {
    adapter,
    options,
    parsed: parsed ?? false,
    meta: trace.meta,
    ops: shared(trace.ops),
    dataset: dataset.source,
    prefix,
  }
  setFlagsFromString(LONE_COLLECTOR)
  return new Worker(new URL(`./sender/worker${extension}`, import.meta.url), {
    workerData,
    name: 'sender',
  })
}

/** The columns in shared memory, copied there unless they are already. */
const shared = (ops: OpColumns): OpColumns => {
  const entries = Object.entries(ops).map(([name, column]) => {
    if (!ArrayBuffer.isView(column) || column.buffer instanceof SharedArrayBuffer) {
      return [name, column]
    }
    const values = column as Uint8Array
    const copy = new (values.constructor as Uint8ArrayConstructor)(
      new SharedArrayBuffer(values.byteLength),
    )
    copy.set(values)
    return [name, copy]
  })
  return Object.fromEntries(entries) as OpColumns
}

/** Writes what the sender tells, in this thread: encoding never holds up the sender. */
const createWriter = ({ dir, enginePid, trace, onProgress }: Plan) => {
  const samples = createSamples(dir)
  const read = createGauges(enginePid)
  let history: HistoryFile | null = null
  const { phases, end } = trace.meta
  const progress = ({ at, phase, offered, achieved, inFlight, unseen }: Vitals): Progress => ({
    elapsed: at,
    end,
    phase: at < end ? (phases[phase]?.name ?? '') : 'last probes',
    offered,
    achieved,
    inFlight,
    unseen,
  })
  return {
    hear: (told: Told): void => {
      if ('began' in told) history = createHistory(dir, told.began)
      else if ('events' in told) history?.append(told.events)
      else if ('vitals' in told) {
        samples.append(told.vitals.at, { ...told.vitals.gauges, ...read() })
        onProgress?.(progress(told.vitals))
      }
    },
    close: (until: Micros, interrupted: boolean): void => {
      history?.close(until, interrupted)
      samples.close()
    },
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
