import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { OK, type OpColumns, PROBE, type Trace, UPSERT } from '../model/index.ts'
import { type Calls, createCalls } from './calls.ts'
import type { EventBatch } from './folder/index.ts'
import { boardMemory } from './sender/board.ts'
import type { Ending } from './sender/play.ts'
import { failureOf, type SenderPlan, type Told, type Verbs } from './sender/protocol.ts'
import { LEADER, shareOf, splitOps } from './sender/split.ts'
import type { Plan } from './session.ts'

/** The threads that send: the first leads, and alone does what is done once. */
export interface Senders {
  readonly leader: Calls
  /** The leader opens the engine, then the others do. */
  open(): Promise<Verbs['open'][1]>
  prepare(): Promise<void>
  /** Plays from `origin` on; `ended` hears of each sender that has told everything. */
  play(origin: number, ended: (sender: number) => void): Promise<readonly Ending[]>
  stop(): void
  /** Every sender closes its connections, the leader last: it drops the collections. */
  close(): Promise<void>
  terminate(): Promise<void>
}

/** Starts the senders of a run; `hear` gets all that they tell and that is not an answer. */
export const startSenders = (plan: Plan, hear: (told: Told, sender: number) => void): Senders => {
  const plans = plansOf(plan)
  setFlagsFromString(LONE_COLLECTOR)
  const workers = plans.map(startWorker)
  const all = workers.map((worker, sender) =>
    createCalls(worker, (told) => {
      if ('created' in told) attach(told.created)
      else {
        if ('events' in told && sender !== LEADER) acknowledge(told.events)
        hear(told, sender)
      }
    }),
  )
  const leader = all[LEADER]!
  const others = all.filter((_, sender) => sender !== LEADER)
  const acknowledgedIn = acknowledgements(plan.trace)

  const attach = (space: number): void => {
    Promise.all(others.map((one) => one.ask('attach', space)))
      .then(
        () => ({ space, failure: null }),
        (error: unknown) => ({ space, failure: failureOf(error) }),
      )
      .then((attached) => leader.ask('attached', attached))
      .catch(heardElsewhere)
  }
  const acknowledge = (batch: EventBatch): void => {
    const ops = acknowledgedIn(batch)
    if (ops.length > 0) leader.ask('acknowledged', ops).catch(heardElsewhere)
  }
  return {
    leader,
    open: async () => {
      const opened = await leader.ask('open', undefined)
      await Promise.all(others.map((one) => one.ask('open', undefined)))
      return opened
    },
    prepare: async () => {
      await Promise.all(all.map((one) => one.ask('prepare', undefined)))
    },
    play: (origin, ended) =>
      Promise.all(
        all.map(async (one, sender) => {
          const ending = await one.ask('play', origin)
          ended(sender)
          return ending
        }),
      ),
    stop: () => {
      for (const one of all) one.ask('stop', undefined).catch(heardElsewhere)
    },
    close: async () => {
      const closed = await Promise.allSettled(others.map((one) => one.close()))
      await leader.close()
      const failed = closed.find((one) => one.status === 'rejected')
      if (failed) throw failed.reason
    },
    terminate: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/** A sender that is gone rejects `play`, and all that is asked after it: one account of it is enough. */
const heardElsewhere = (): void => {}

/** A scavenge that waits for helper threads waits for a core; the sender's garbage dies young and one thread collects it. */
const LONE_COLLECTOR = '--no-parallel-scavenge'

const startWorker = (workerData: SenderPlan): Worker => {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const name = `sender ${workerData.sender}`
  return new Worker(new URL(`./sender/worker${extension}`, import.meta.url), { workerData, name })
}

const plansOf = ({ adapter, options, parsed, trace, dataset, prefix, senders = 1 }: Plan) => {
  const split = splitOps(trace.ops, senders)
  const same = {
    adapter,
    options,
    parsed: parsed ?? false,
    meta: trace.meta,
    ops: shared(trace.ops),
    dataset: dataset.source,
    prefix,
    senders,
    board: boardMemory(trace.ops),
  }
  return Array.from(
    { length: senders },
    (_, sender): SenderPlan => ({ ...same, sender, share: shareOf(split, sender, senders) }),
  )
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

/** The acknowledged upserts in a batch: the leader, which probes, counts their rows as unseen. None where nothing is probed. */
const acknowledgements = ({ ops }: Trace): ((batch: EventBatch) => Uint32Array) => {
  const isProbed = ops.kind.includes(PROBE)
  return ({ count, op, outcome }) => {
    if (!isProbed) return new Uint32Array(0)
    return op.subarray(0, count).filter((one, i) => outcome[i] === OK && ops.kind[one] === UPSERT)
  }
}
