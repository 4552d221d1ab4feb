import { setTimeout as sleep } from 'node:timers/promises'
import type {
  Adapter,
  Clock,
  Collection,
  Engine,
  Hit,
  Metric,
  Stored,
} from '../../harness/model/index.ts'
import { claim, unsupported } from './claim.ts'

/** How many numbers a vector of the suite has. */
export const DIMENSIONS = 8

/** What a case works with: collections of its own, which are dropped after it. */
export interface Bench {
  readonly adapter: Adapter
  readonly options: unknown
  readonly clock: Clock
  /** How long, in ms, an answer or a change may take before it counts as never. */
  readonly patience: number
  /** Where and how a server may be launched to be killed; absent: not at all. */
  readonly launch?: { readonly dir: string; readonly options: unknown }
  /** An engine on a collection in a process of its own; absent: there is none to look from. */
  readonly elsewhere?: Elsewhere
  /** A fresh collection name. */
  name(): string
  /** Opens a fresh collection, or the one named. */
  open(at?: Partial<Collection>): Promise<Engine>
  close(engine: Engine): Promise<void>
  /** Aborts when the patience is over. */
  signal(): AbortSignal
  /** Upserts, then waits until searches are to see it. */
  fill(engine: Engine, rows: readonly Stored[]): Promise<void>
  /** Settles, then asks once; where there is no `settle`, asks until the answer is as expected. */
  see(engine: Engine, question: Question): Promise<void>
  /** Asks until the answer is as expected; says how long that took. */
  await(engine: Pick<Engine, 'search'>, question: Question): Promise<string>
}

/** Opens the collection in another process. */
export type Elsewhere = (at: Collection) => Promise<Remote>

/** The part of an engine that answers from another process. */
export type Remote = Pick<Engine, 'upsert' | 'delete' | 'search' | 'close'>

export interface Question {
  readonly vector: Float32Array
  readonly k: number
  /** What the answer should be, for the sentence of a failure. */
  readonly expected: string
  isMet(hits: readonly Hit[]): boolean
}

export const collectionOf = (name: string, at: Partial<Collection> = {}): Collection => ({
  name,
  dimensions: DIMENSIONS,
  metric: 'l2' satisfies Metric,
  index: { kind: 'hnsw' },
  consistency: 'default',
  durability: 'default',
  connections: 4,
  ...at,
})

/** The bench of one case; `cleanUp` closes what it opened and drops its collections. */
export const createBench = (
  given: Pick<Bench, 'adapter' | 'options' | 'clock' | 'patience' | 'launch' | 'elsewhere'>,
): { readonly bench: Bench; cleanUp(): Promise<void> } => {
  const { adapter, options, clock, patience, elsewhere } = given
  const run = crypto.randomUUID().slice(0, 8)
  const open = new Set<Pick<Engine, 'close'>>()
  const names: string[] = []
  const bench: Bench = {
    ...given,
    ...(elsewhere && {
      elsewhere: async (at) => {
        const remote = await elsewhere(at)
        open.add(remote)
        return remote
      },
    }),
    name: () => {
      const name = `contract_${run}_${names.length}`
      names.push(name)
      return name
    },
    open: async (at = {}) => {
      const engine = await adapter.open(options, collectionOf(at.name ?? bench.name(), at), clock)
      open.add(engine)
      return engine
    },
    close: async (engine) => {
      open.delete(engine)
      await engine.close()
    },
    signal: () => AbortSignal.timeout(patience),
    fill: async (engine, rows) => {
      await engine.upsert(rows, bench.signal())
      const last = rows.at(-1)!
      const { id } = last
      const isMet = (hits: readonly Hit[]) => hits.some((hit) => hit.id === id)
      await bench.see(engine, { vector: last.vector, k: 10, expected: `row ${id}`, isMet })
    },
    see: async (engine, question) => {
      if (engine.settle) await engine.settle(bench.signal())
      await ask(engine, question, engine.settle ? 0 : patience)
    },
    await: (engine, question) => ask(engine, question, patience),
  }
  return {
    bench,
    cleanUp: async () => {
      for (const engine of open) await engine.close()
      for (const name of names) {
        await adapter.drop?.(options, name).catch((error: unknown) => {
          throw new Error(`drop: ${(error as Error).message}`, { cause: error })
        })
      }
    },
  }
}

/** Asks once, then again every 10 ms for as long as `bound` ms. */
const ask = async (
  engine: Pick<Engine, 'search'>,
  question: Question,
  bound: number,
): Promise<string> => {
  const { vector, k, expected, isMet } = question
  const began = performance.now()
  for (let asked = 1; ; asked++) {
    const hits = await engine.search(vector, k, AbortSignal.timeout(Math.max(bound, 10_000)))
    const waited = performance.now() - began
    if (isMet(hits)) return asked === 1 ? 'at once' : `after ${waited.toFixed(0)} ms`
    claim(waited < bound, `a search should return ${expected}; it returned ${printed(hits)}`)
    await sleep(10)
  }
}

/** Hits as `id@version`, for messages. */
export const printed = (hits: readonly Hit[]): string =>
  hits.length === 0 ? 'nothing' : hits.map(({ id, version }) => `${id}@${version ?? '?'}`).join(' ')

type Capability = 'bulkLoad' | 'get' | 'exact' | 'count' | 'settle' | 'compact' | 'stats' | 'plan'

/** The engine, known to have the capability; else the case is unsupported. */
export const having = <C extends Capability>(
  engine: Engine,
  capability: C,
): Engine & Required<Pick<Engine, C>> => {
  if (!engine[capability]) throw unsupported(`the engine has no ${capability}`)
  return engine as Engine & Required<Pick<Engine, C>>
}
