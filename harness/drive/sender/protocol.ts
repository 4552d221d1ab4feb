import { type DriftmarkError, isProblem } from '../../errors.ts'
import type {
  After,
  DatasetSource,
  EngineError,
  Facts,
  OpColumns,
  Row,
  TraceMeta,
} from '../../model/index.ts'
import type { EventBatch } from '../folder/history.ts'
import type { Rebuild } from './afterwards.ts'
import type { LoadedBy } from './load.ts'
import type { Ending } from './play.ts'
import type { Vitals } from './vitals.ts'

/** What a sender's thread is started with; the columns of the trace lie in shared memory. */
export interface SenderPlan {
  /** Which of the run's senders this is; LEADER leads. */
  readonly sender: number
  readonly senders: number
  /** The ops of this sender; null = all. */
  readonly share: Uint32Array | null
  /** Of the board that all senders share. */
  readonly board: SharedArrayBuffer
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

/** What became of the other senders' connections to a space. */
export interface Attached {
  readonly space: number
  readonly failure: Failure | null
}

/** What the sender can be asked: verb -> its argument and its answer. */
export interface Verbs {
  open: [undefined, { capabilities: readonly string[]; facts: Facts }]
  preload: [undefined, LoadedBy]
  plan: [undefined, Evidence | null]
  /** Makes everything ready to play. */
  prepare: [undefined, undefined]
  /** Plays from an instant on of the machine's monotonic clock, the zero of the run. */
  play: [number, Ending]
  /** Opens connections to a space that the leader has created. */
  attach: [number, undefined]
  /** The leader is told which spaces the others have opened, or why one could not. */
  attached: [Attached, undefined]
  /** The leader is told which writes of the others were acknowledged. */
  acknowledged: [Uint32Array, undefined]
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
  /** The leader has created a space: the others are to open it. */
  | { readonly created: number }
  | { readonly events: EventBatch }
  | { readonly vitals: Vitals }
  | { readonly alive: true }

/** An error as it travels between threads: structured cloning would lose its code, and the option that an adapter names. */
export interface Failure {
  readonly message: string
  readonly stack: string
  readonly problem: Pick<DriftmarkError, 'code' | 'exit'> | null
  readonly option?: string
}

export const failureOf = (error: unknown): Failure => {
  const { option } = (error ?? {}) as Partial<EngineError>
  return {
    message: error instanceof Error ? error.message : String(error),
    stack: (error instanceof Error ? error.stack : undefined) ?? '',
    problem: isProblem(error) ? { code: error.code, exit: error.exit } : null,
    ...(typeof option === 'string' ? { option } : {}),
  }
}

export const errorOf = ({ message, stack, problem, ...named }: Failure): EngineError => {
  const error = Object.assign(new Error(message), { stack, ...named })
  return problem === null ? error : Object.assign(error, { name: 'DriftmarkError', ...problem })
}
