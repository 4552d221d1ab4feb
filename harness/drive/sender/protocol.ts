import { type DriftmarkError, isProblem } from '../../errors.ts'
import type {
  After,
  DatasetSource,
  Facts,
  Micros,
  OpColumns,
  Row,
  TraceMeta,
} from '../../model/index.ts'
import type { EventBatch } from '../folder/history.ts'
import type { Rebuild } from './afterwards.ts'
import type { LoadedBy } from './load.ts'
import type { Vitals } from './vitals.ts'

/** What the sender's thread is started with; the columns of the trace lie in shared memory. */
export interface SenderPlan {
  readonly adapter: string
  readonly options: unknown
  readonly parsed: boolean
  readonly meta: TraceMeta
  readonly ops: OpColumns
  readonly dataset: DatasetSource
  readonly prefix: string
}

/** Whether the index under test answers; null if the engine cannot tell. */
export type Evidence = 'index' | 'exact' | 'partial'

/** What the sender can be asked: verb -> its argument and its answer. */
export interface Verbs {
  open: [undefined, { capabilities: readonly string[]; facts: Facts }]
  preload: [undefined, LoadedBy]
  plan: [undefined, Evidence | null]
  play: [undefined, { until: Micros; interrupted: boolean }]
  stop: [undefined, undefined]
  lookups: [readonly (readonly Row[])[], After['lookups']]
  rebuild: [Rebuild, NonNullable<After['rebuilds']>]
  close: [undefined, undefined]
}
export type VerbName = keyof Verbs

export interface Ask {
  readonly id: number
  readonly verb: VerbName
  readonly argument: unknown
}

/** What the sender says: answers, news of the run, and, every second, that it lives. */
export type Told =
  | { readonly answer: number; readonly value: unknown }
  | { readonly answer: number; readonly failure: Failure }
  | { readonly began: number }
  | { readonly events: EventBatch }
  | { readonly vitals: Vitals }
  | { readonly alive: true }

/** An error as it travels between threads: structured cloning would lose its code. */
export interface Failure {
  readonly message: string
  readonly stack: string
  readonly problem: Pick<DriftmarkError, 'code' | 'exit'> | null
}

export const failureOf = (error: unknown): Failure => ({
  message: error instanceof Error ? error.message : String(error),
  stack: (error instanceof Error ? error.stack : undefined) ?? '',
  problem: isProblem(error) ? { code: error.code, exit: error.exit } : null,
})

export const errorOf = ({ message, stack, problem }: Failure): Error => {
  const error = Object.assign(new Error(message), { stack })
  return problem === null ? error : Object.assign(error, { name: 'DriftmarkError', ...problem })
}
