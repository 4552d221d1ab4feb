import { type Id, type Micros, type Rng, versionOf, type WritePick } from '../model/index.ts'
import { growable } from './growable.ts'
import { type Pool, poolOf, type Rows } from './pool.ts'

/**
 * The rows as the workload leaves them: what is live, at which version, and what may be written again.
 * Workload time throughout.
 */
export interface RowState {
  /** Rows inserted so far; the next id. */
  readonly inserted: number
  live(id: Id): boolean
  model(id: Id): number
  revision(id: Id): number
  version(id: Id): number
  /** From when on the row has rested, under the rest in force. */
  restedFrom(id: Id): Micros
  insert(model: number, at: Micros): Id
  revise(id: Id, at: Micros): void
  /** The row is written again, by another model. */
  reembed(id: Id, model: number, at: Micros): void
  remove(id: Id): void
  /** A phase begins: rows rest as long as it says, and are picked in its way (null: it picks none). */
  begin(pick: WritePick | null, rest: Micros, at: Micros): void
  /** Lets in all that has rested by `at`. */
  release(at: Micros): void
  /** When the next row comes to have rested; Infinity if none will without another write. */
  nextRelease(): Micros
  /** How many rows may be updated (a revision is left) or deleted now. */
  available(what: 'update' | 'delete'): number
  /** Draws a row and takes it out until it has rested again. */
  take(what: 'update' | 'delete', rng: Rng): Id
}

/** @param preload rows live before the clock starts: they have rested at once */
export const rowState = (
  rows: Rows,
  preload: number,
  revisions: number,
  seed: number,
): RowState => {
  const { count } = rows
  const live = new Uint8Array(count).fill(1, 0, preload)
  const model = new Uint8Array(count).fill(1, 0, preload)
  const revision = new Uint32Array(count)
  const written = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  /** Every write in order; an entry counts while it is its row's last. */
  const logIds = growable(Uint32Array)
  const logAt = growable(Float64Array)
  let inserted = preload
  let rest = 0
  let head = 0
  let pools: Readonly<Record<'update' | 'delete', Pool>> | null = null

  const stamp = (id: Id, at: Micros): void => {
    written[id] = at
    logIds.push(id)
    logAt.push(at)
    leave(id)
  }
  const leave = (id: Id): void => {
    pools?.update.remove(id)
    pools?.delete.remove(id)
  }
  const enter = (id: Id): void => {
    pools?.delete.add(id)
    if (revision[id]! + 1 < revisions) pools?.update.add(id)
  }
  const stale = (i: number): boolean =>
    live[logIds.at(i)] === 0 || written[logIds.at(i)] !== logAt.at(i)

  return {
    get inserted() {
      return inserted
    },
    live: (id) => live[id] === 1,
    model: (id) => model[id]!,
    revision: (id) => revision[id]!,
    version: (id) => versionOf(model[id]!, revision[id]!, revisions),
    restedFrom: (id) => written[id]! + rest,
    insert: (by, at) => {
      live[inserted] = 1
      model[inserted] = by
      stamp(inserted, at)
      return inserted++
    },
    revise: (id, at) => {
      revision[id]!++
      stamp(id, at)
    },
    reembed: (id, by, at) => {
      model[id] = by
      stamp(id, at)
    },
    remove: (id) => {
      live[id] = 0
      leave(id)
    },
    begin: (pick, length, at) => {
      rest = length
      pools = pick && { update: poolOf(pick, rows, seed), delete: poolOf(pick, rows, seed) }
      for (let id = 0; pools && id < inserted; id++) {
        if (live[id] && written[id]! + rest <= at) enter(id)
      }
      for (head = logAt.length; head > 0 && logAt.at(head - 1) + rest > at; ) head--
    },
    release: (at) => {
      for (; head < logAt.length && logAt.at(head) + rest <= at; head++) {
        if (!stale(head)) enter(logIds.at(head))
      }
    },
    nextRelease: () => {
      while (head < logAt.length && stale(head)) head++
      return head < logAt.length ? logAt.at(head) + rest : Number.POSITIVE_INFINITY
    },
    available: (what) => pools?.[what].size ?? 0,
    take: (what, rng) => {
      const id = pools![what].draw(rng)
      leave(id)
      return id
    },
  }
}
