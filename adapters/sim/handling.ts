import type { Micros } from '../../harness/model/index.ts'
import { textBody } from './bodies.ts'
import type { Catalog } from './catalog.ts'
import type { Asked, Flaws, RequestFate } from './flaws.ts'
import type { SimOptions } from './options.ts'
import { type Bytes, NOTHING, type Request, type Status } from './protocol.ts'
import type { Truth } from './truth.ts'

/** What a verb works on. */
export interface Sim {
  readonly options: SimOptions
  readonly flaws: Flaws
  readonly catalog: Catalog
  /** When the request is handled: one instant for all of it. */
  now(): Micros
}

/** A request, and what the flaws make of it. */
export interface Handling {
  readonly request: Request
  /** When it was in hand, whatever it waited for after that. */
  readonly received: Micros
  readonly asked: Asked
  readonly fate: RequestFate
  /** It was accepted before a crash, which forgot it. */
  readonly forgotten: boolean
}

export interface Reply {
  readonly status: Status | 'none'
  readonly body: Bytes
  /** Not to be sent before this instant. */
  readonly due?: Micros
  /** By how much it is held back beyond that. */
  readonly late?: Micros
  /** What the log is to say of it, once it was sent (at `answered`) or never will be (null). */
  truth?(answered: Micros | null): readonly Truth[]
}

export type Handler = (sim: Sim, handling: Handling) => Reply

export const ok = (body: Bytes = NOTHING): Reply => ({ status: 'ok', body })

/** The answer that a fate leaves: the body, or a sentence that says whose doing it is. */
export const fated = (
  { answer, late }: RequestFate,
  body: Bytes = NOTHING,
): Pick<Reply, 'status' | 'body' | 'late'> => ({
  status: answer,
  late,
  body: answer === 'ok' ? body : textBody(`an error drawn by the option errors: ${answer}`),
})
