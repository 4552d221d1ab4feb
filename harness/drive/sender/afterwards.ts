import {
  type After,
  type Engine,
  type Hit,
  LOOKUP_ABSENT,
  type Micros,
  NO_VERSION,
  NONE,
  type Row,
} from '../../model/index.ts'
import { load } from './load.ts'
import type { Routes } from './routes.ts'
import { type Bench, collectionOf, queriesOf, vectorOf } from './spaces.ts'
import { LIMIT, within } from './within.ts'

const LOOKUP_BATCH = 100

type Lookups = NonNullable<After['lookups']>
type Rebuilds = NonNullable<After['rebuilds']>

/**
 * Looks up rows by id, `rows[space]` in each open space, by `get` or else by `exact` (definitions §2); null where an engine has
 * neither. A look-up that was not answered has NO_VERSION and done = NaN.
 */
export const lookUp = async (
  bench: Bench,
  routes: Routes,
  rows: readonly (readonly Row[])[],
  now: () => Micros,
): Promise<Lookups | null> => {
  const found: { space: number; id: number; version: number; sent: Micros; done: Micros }[] = []
  for (const [space, wanted] of rows.entries()) {
    const engine = routes.space(space)?.searcher
    if (engine === undefined || wanted.length === 0) continue
    if (!engine.get && !engine.exact) return null
    const size = engine.get ? LOOKUP_BATCH : 1
    for (let from = 0; from < wanted.length; from += size) {
      const batch = wanted.slice(from, from + size)
      const sent = now()
      const hits = await orNull(within(LIMIT.lookup, 'a look-up', ask(bench, engine, batch)))
      const done = hits === null ? Number.NaN : now()
      const versions = new Map(hits?.map((hit) => [hit.id, hit.version ?? NO_VERSION]))
      const absent = hits === null ? NO_VERSION : LOOKUP_ABSENT
      for (const { id } of batch) {
        found.push({ space, id, version: versions.get(id) ?? absent, sent, done })
      }
    }
  }
  return {
    count: found.length,
    space: Uint8Array.from(found, (one) => one.space),
    id: Uint32Array.from(found, (one) => one.id),
    version: Int32Array.from(found, (one) => one.version),
    sent: Float64Array.from(found, (one) => one.sent),
    done: Float64Array.from(found, (one) => one.done),
  }
}

const ask = (bench: Bench, engine: Engine, batch: readonly Row[]) => (signal: AbortSignal) => {
  const ids = batch.map(({ id }) => id)
  if (engine.get) return engine.get(ids, signal)
  return engine.exact!(vectorOf(bench, batch[0]!), bench.meta.scenario.k, signal)
}

/** An unanswered request is a gap in after.arrow, not the end of the run. */
const orNull = <T>(answer: Promise<T>): Promise<T | null> => answer.catch(() => null)

/** Which rows to load into a fresh collection, and what to ask there. */
export interface Rebuild {
  readonly checkpoint: number
  /** Which of the rebuilds of this checkpoint. */
  readonly rebuild: number
  /** The space whose collection is rebuilt: it gives model, dimensions and index. */
  readonly space: number
  readonly rows: { readonly ids: Uint32Array; readonly versions: Uint32Array }
  /** Numbers of queries, of the model `model` (default: the space's own). */
  readonly queries: Uint32Array
  readonly model?: number
  /** Each query is asked once per effort; NONE (−1), or an empty list, is the scenario's own. */
  readonly efforts: readonly number[]
}

/**
 * Loads the rows into a fresh collection of the same engine, asks the same queries there, and drops it. Errors:
 * PRELOAD_FAILED, NOT_ANSWERED.
 */
export const rebuild = async (bench: Bench, plan: Rebuild): Promise<Rebuilds> => {
  const model = bench.meta.spaces[plan.space]!.model
  const name = `rebuild_${plan.checkpoint}_${plan.rebuild}`
  const collection = collectionOf(bench, name, model)
  const engine = await within(LIMIT.open, `opening collection ${collection.name}`, () =>
    bench.adapter.open(bench.options, collection, bench.clock),
  )
  try {
    await load(bench, engine, collection.name, rowsOf(plan.rows))
    return await askAll(bench, engine, plan, queriesOf(bench)[(plan.model ?? model) - 1]!)
  } finally {
    await engine.close()
    await bench.adapter.drop?.(bench.options, collection.name)
  }
}

function* rowsOf({ ids, versions }: Rebuild['rows']): Generator<Row> {
  for (let i = 0; i < ids.length; i++) yield { id: ids[i]!, version: versions[i]! }
}

const askAll = async (
  bench: Bench,
  engine: Engine,
  plan: Rebuild,
  queries: readonly Float32Array[],
): Promise<Rebuilds> => {
  const efforts = plan.efforts.length > 0 ? plan.efforts : [NONE]
  const answers: { query: number; effort: number; hits: readonly Hit[] }[] = []
  for (const effort of efforts) {
    for (const query of plan.queries) {
      const search = (signal: AbortSignal) =>
        engine.search(
          queries[query]!,
          bench.meta.scenario.k,
          signal,
          effort === NONE ? undefined : effort,
        )
      answers.push({ query, effort, hits: await within(LIMIT.query, 'a search', search) })
    }
  }
  const all = answers.flatMap(({ hits }) => hits)
  let sum = 0
  return {
    count: answers.length,
    checkpoint: new Uint32Array(answers.length).fill(plan.checkpoint),
    rebuild: new Uint32Array(answers.length).fill(plan.rebuild),
    query: Uint32Array.from(answers, ({ query }) => query),
    effort: Int32Array.from(answers, ({ effort }) => effort),
    hits: Uint32Array.from([0, ...answers.map(({ hits }) => (sum += hits.length))]),
    hitIds: Uint32Array.from(all, ({ id }) => id),
    hitVersions: Int32Array.from(all, ({ version }) => version ?? NO_VERSION),
  }
}
