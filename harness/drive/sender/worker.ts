import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { loadAdapter } from '../../../adapters/index.ts'
import { reopen } from '../../../datasets/index.ts'
import { problem } from '../../errors.ts'
import type { Adapter, Engine, Row, Trace } from '../../model/index.ts'
import { clockFrom, monotonic } from '../clock.ts'
import { lookUp, type Rebuild, rebuild } from './afterwards.ts'
import { createBoard } from './board.ts'
import { buffersOf } from './events.ts'
import { load } from './load.ts'
import { type Playing, type Prepared, prepare } from './play.ts'
import {
  type Ask,
  type Attached,
  errorOf,
  failureOf,
  type SenderPlan,
  type Told,
  type VerbName,
} from './protocol.ts'
import { aliasOf, followingOf, openRoutes, type Routes } from './routes.ts'
import { type Bench, collectionOf } from './spaces.ts'
import { LEADER } from './split.ts'
import { LIMIT, within } from './within.ts'

/**
 * A little below the others: this thread spins while it waits, and on a machine that it shares with the engine it must not make the engine wait
 * for the end of its slice. Linux alone sets a thread's priority here, elsewhere it would be the process's.
 */
const NICE = 5
if (process.platform === 'linux') setPriority(0, NICE)

/** A sender's thread: it opens the engine, and does nothing but what it is asked. */
const port = parentPort!
const plan = workerData as SenderPlan
const leads = plan.sender === LEADER
const board = createBoard(plan.board)
const trace: Trace = { meta: plan.meta, ops: plan.ops }
let bench: Bench
let routes: Routes
let prepared: Prepared
let playing: Playing | null = null
const attaching = new Map<number, PromiseWithResolvers<void>>()
let sinceZero = (): number => Number.NaN

const tell = (told: Told, transfer: ArrayBuffer[] = []): void => port.postMessage(told, transfer)

const ENGINE_PARTS = ['bulkLoad', 'get', 'exact', 'count', 'settle', 'compact', 'stats', 'plan']
const capabilitiesOf = (engine: Engine, adapter: Adapter): string[] => [
  ...ENGINE_PARTS.filter((part) => part in engine),
  ...['swap', 'drop'].filter((part) => part in adapter),
]

const parsed = (adapter: Adapter): unknown => {
  if (plan.parsed) return plan.options
  try {
    return adapter.parse(plan.options)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw problem('TARGET_OPTIONS', { target: adapter.name, why }, cause)
  }
}

const open = async () => {
  const { adapter } = await loadAdapter(plan.adapter)
  const options = parsed(adapter)
  const dataset = await reopen(plan.dataset)
  const clock = clockFrom(monotonic())
  bench = { adapter, options, meta: plan.meta, dataset, prefix: plan.prefix, clock }
  const first = collectionOf(bench, '0', plan.meta.spaces[0]!.model)
  return within(LIMIT.open, `opening collection ${first.name}`, async () => {
    routes = await openRoutes(bench, plan.ops, board, leads)
    const facts = await adapter.describe(options, first)
    return { capabilities: capabilitiesOf(routes.space(0)!.writer, adapter), facts }
  })
}

function* preloadRows(): Generator<Row> {
  for (let id = 0; id < plan.meta.preload; id++) yield { id, version: 0 }
}

/** Creates a space; it is open once every sender has its connections to it. */
const openEverywhere = async (space: number): Promise<void> => {
  await routes.open(space)
  if (plan.senders === 1) return
  const others = Promise.withResolvers<void>()
  attaching.set(space, others)
  tell({ created: space })
  await others.promise
}

const close = async (): Promise<void> => {
  if (!leads) return within(LIMIT.drop, 'closing its connections', () => routes.close())
  const { adapter, options } = bench
  const spaces = plan.meta.spaces.flatMap((_, space) => routes.space(space)?.collection.name ?? [])
  const aliases = followingOf(bench) === 'alias' ? [aliasOf(bench)] : []
  await within(LIMIT.drop, 'closing its connections', () => routes.close())
  for (const name of [...aliases, ...spaces]) {
    await within(LIMIT.drop, `dropping ${name}`, async () => adapter.drop?.(options, name))
  }
}

const verbs: Readonly<Record<VerbName, (argument: never) => Promise<unknown>>> = {
  open,
  preload: async () => {
    const { writer, collection } = routes.space(0)!
    return load(bench, writer, collection.name, preloadRows())
  },
  plan: async () => {
    const searcher = routes.space(routes.searchRoute(0, 0).space)?.searcher
    return within(
      LIMIT.query,
      'what plan its searches follow',
      async () => (await searcher?.plan?.()) ?? null,
    )
  },
  prepare: async () => {
    const gauge = plan.senders === 1 ? 'harness.sender' : `harness.sender.${plan.sender}`
    const part = { leads, share: plan.share, board, gauge, open: openEverywhere }
    prepared = prepare(bench, trace, routes, part, {
      events: (events) => tell({ events }, buffersOf(events)),
      vitals: (vitals) => tell({ vitals }),
    })
  },
  play: (origin: number) => {
    sinceZero = clockFrom(origin).now
    playing = prepared.play(origin)
    return playing.ended
  },
  attach: (space: number) => routes.open(space),
  attached: async ({ space, failure }: Attached) => {
    if (failure === null) attaching.get(space)?.resolve()
    else attaching.get(space)?.reject(errorOf(failure))
  },
  acknowledged: async (ops: Uint32Array) => {
    for (const op of ops) prepared.ladders.acknowledged(op)
  },
  stop: async () => playing?.stop(),
  lookups: (rows: readonly (readonly Row[])[]) => lookUp(bench, routes, rows, () => sinceZero()),
  rebuild: (wanted: Rebuild) => rebuild(bench, wanted),
  close,
}

port.on('message', ({ id, verb, argument }: Ask) => {
  verbs[verb](argument as never).then(
    (value) => tell({ answer: id, value }),
    (error: unknown) => tell({ answer: id, failure: failureOf(error) }),
  )
})
setInterval(() => tell({ alive: true }), 1000)
