import {
  type FAIL,
  type Hit,
  type Id,
  type Micros,
  NO_VERSION,
  type SKIPPED,
} from '../../model/index.ts'
import type { EventBatch } from '../folder/history.ts'

/** Error texts are cut to this many characters: the place to read a long one is the engine's log. */
export const LONGEST_ERROR = 300

/** One event on its way into the history. */
export interface Happening {
  readonly op: number
  readonly sent: Micros
  readonly done: Micros
  readonly outcome: number
  readonly via: number
  readonly space: number
  readonly model: number
  readonly hits?: readonly Hit[]
  readonly refused?: readonly Id[]
  readonly error?: string
}

export interface Events {
  readonly count: number
  record(happening: Happening): void
  /** An op that was never sent: skipped for a reason, or failed (shed). */
  notSent(
    op: number,
    space: number,
    model: number,
    outcome: typeof FAIL | typeof SKIPPED,
    why: string,
  ): void
  /** Everything recorded since the last call, in buffers of its own that may be transferred to another thread. */
  take(until: Micros): EventBatch
}

/** Columns that grow by doubling; `take` hands them out and begins new ones. */
export const createEvents = (): Events => {
  let batch = emptyBatch(1024, 16_384, 64)
  let count = 0
  let errors = new Map<string, number>()

  const record = (event: Happening): void => {
    if (count === batch.op.length) batch = wider(batch)
    const i = count++
    batch.op[i] = event.op
    batch.sent[i] = event.sent
    batch.done[i] = event.done
    batch.outcome[i] = event.outcome
    batch.via[i] = event.via
    batch.space[i] = event.space
    batch.model[i] = event.model
    batch.error[i] = event.error === undefined ? -1 : errorCode(event.error)
    addHits(i, event.hits ?? NOTHING)
    addRefused(i, event.refused ?? NOTHING)
  }
  const errorCode = (error: string): number => {
    const text = error.slice(0, LONGEST_ERROR)
    if (!errors.has(text)) errors.set(text, errors.size)
    return errors.get(text)!
  }
  const addHits = (i: number, hits: readonly Hit[]): void => {
    const from = batch.hits[i]!
    const to = from + hits.length
    while (to > batch.hitIds.length) {
      batch = { ...batch, hitIds: doubled(batch.hitIds), hitVersions: doubled(batch.hitVersions) }
    }
    for (let j = 0; j < hits.length; j++) {
      batch.hitIds[from + j] = hits[j]!.id
      batch.hitVersions[from + j] = hits[j]!.version ?? NO_VERSION
    }
    batch.hits[i + 1] = to
  }
  const addRefused = (i: number, ids: readonly Id[]): void => {
    const from = batch.refused[i]!
    while (from + ids.length > batch.refusedIds.length) {
      batch = { ...batch, refusedIds: doubled(batch.refusedIds) }
    }
    batch.refusedIds.set(ids, from)
    batch.refused[i + 1] = from + ids.length
  }
  return {
    get count() {
      return count
    },
    record,
    notSent: (op, space, model, outcome, error) =>
      record({ op, sent: Number.NaN, done: Number.NaN, outcome, via: 0, space, model, error }),
    take: (until) => {
      const taken = { ...batch, count, errors: [...errors.keys()], until }
      batch = emptyBatch(1024, 16_384, 64)
      count = 0
      errors = new Map()
      return taken
    },
  }
}

const NOTHING: readonly never[] = []

type Columns = Omit<EventBatch, 'count' | 'errors' | 'until' | 'hitVersions'> & {
  readonly hitVersions: Int32Array
}

const emptyBatch = (events: number, hits: number, refused: number): Columns => ({
  op: new Uint32Array(events),
  sent: new Float64Array(events),
  done: new Float64Array(events),
  outcome: new Uint8Array(events),
  via: new Uint8Array(events),
  space: new Uint8Array(events),
  model: new Uint8Array(events),
  hits: new Uint32Array(events + 1),
  hitIds: new Uint32Array(hits),
  hitVersions: new Int32Array(hits),
  refused: new Uint32Array(events + 1),
  refusedIds: new Uint32Array(refused),
  error: new Int32Array(events),
})

const copied = <T extends { set(from: T): void }>(from: T, to: T): T => {
  to.set(from)
  return to
}
const doubled = <T extends Uint32Array | Int32Array>(values: T): T => {
  const wide = new (values.constructor as new (length: number) => T)(values.length * 2)
  wide.set(values)
  return wide
}

const wider = (old: Columns): Columns => {
  const more = emptyBatch(old.op.length * 2, 0, 0)
  return {
    op: copied(old.op, more.op),
    sent: copied(old.sent, more.sent),
    done: copied(old.done, more.done),
    outcome: copied(old.outcome, more.outcome),
    via: copied(old.via, more.via),
    space: copied(old.space, more.space),
    model: copied(old.model, more.model),
    hits: copied(old.hits, more.hits),
    refused: copied(old.refused, more.refused),
    error: copied(old.error, more.error),
    hitIds: old.hitIds,
    hitVersions: old.hitVersions,
    refusedIds: old.refusedIds,
  }
}

/** The buffers of a batch, for a transfer. */
export const buffersOf = (batch: EventBatch): ArrayBuffer[] =>
  Object.values(batch).flatMap((column) =>
    ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : [],
  )
