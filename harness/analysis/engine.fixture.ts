import { type Id, MILLI, type Rng, stream } from '../model/index.ts'
import type { ProbedWrite } from './fresh.ts'
import { type OpLiteral, type RunLiteral, remove, search, upsert } from './run.fixture.ts'

/**
 * An engine in virtual time that errs in several ways at once and keeps a log of why each true neighbour was missed. Times in milliseconds.
 * Writes stand still while a search runs, so that its live set is one.
 */
export interface Flawed {
  /** From a write's due instant to its being visible; Infinity: lost. */
  readonly delay: (rng: Rng) => number
  /** From a delete's due instant to its being gone; Infinity: a ghost. */
  readonly removal: (rng: Rng) => number
  /** Chance that an answer passes over a row that is visible: of its age in milliseconds (Infinity: preloaded) at an instant. */
  readonly miss: (age: number, at: number, id: Id) => number
  /** Chance that a place of an answer stays empty. */
  readonly empty: number
  /** Share of the inserts that are probed. */
  readonly probed: number
}

export type Why = 'late' | 'lost' | 'index' | 'crowdedOut' | 'short'

/** One search as the engine knows it. */
export interface Logged {
  /** Why each true neighbour that is not in the answer is not. */
  readonly missed: readonly { readonly id: Id; readonly why: Why }[]
  readonly neighbours: number
  readonly empty: number
}

export interface FlawedRun {
  readonly literal: RunLiteral
  readonly probed: readonly ProbedWrite[]
  readonly log: readonly Logged[]
}

export const K = 10
const PRELOAD = 150
const STEPS = 400
const STEP = 10
const QUERIES = 30

interface Kept {
  readonly id: Id
  readonly due: number
  readonly visible: number
  removed: number
  gone: number
}

const square = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0)

/** In each step a row is inserted, now and then one is deleted, and a query is asked. `place` puts rows and queries into the plane. */
export const playFlawed = (
  seed: number,
  flaws: Flawed,
  place: (rng: Rng, id: number) => readonly number[] = (rng) => [rng.uniform(), rng.uniform()],
): FlawedRun => {
  const rng = stream(seed, 'flawed')
  const vectors = Array.from({ length: PRELOAD + STEPS }, (_, id) => place(rng, id))
  const queries = Array.from({ length: QUERIES }, () => place(rng, rng.below(PRELOAD + STEPS)))
  const rows: Kept[] = Array.from({ length: PRELOAD }, (_, id) => ({
    id,
    due: -Infinity,
    visible: -Infinity,
    removed: Infinity,
    gone: Infinity,
  }))
  const ops: OpLiteral[] = []
  const log: Logged[] = []
  const probed: ProbedWrite[] = []
  for (let step = 0; step < STEPS; step++) {
    const due = step * STEP
    const row = insert(rng, PRELOAD + step, due, flaws)
    rows.push(row)
    if (rng.uniform() < flaws.probed) probed.push(knownOf(rng, row, ops.length))
    ops.push(upsert(due, [[row.id, 0]]))
    if (step % 3 === 0) {
      const victim = rows[rng.below(rows.length)]!
      if (victim.removed === Infinity && victim.visible <= due) {
        victim.removed = due + 2
        victim.gone = due + 2 + flaws.removal(rng)
        ops.push(remove(due + 2, [victim.id]))
      }
    }
    const query = rng.below(QUERIES)
    const near = (a: Kept, b: Kept): number =>
      square(vectors[a.id]!, queries[query]!) - square(vectors[b.id]!, queries[query]!)
    const { hits, logged } = answer(rng, rows.toSorted(near), due + 5, flaws)
    log.push(logged)
    ops.push(
      search(
        due + 5,
        query,
        hits.map(({ id }) => [id, 0] as const),
      ),
    )
  }
  const literal = { ops, preload: PRELOAD, scenario: { k: K, preload: PRELOAD } }
  return { literal: { ...literal, vectors: [vectors], queries: [queries] }, probed, log }
}

const insert = (rng: Rng, id: Id, due: number, { delay }: Flawed): Kept => ({
  id,
  due,
  visible: due + delay(rng),
  removed: Infinity,
  gone: Infinity,
})

/** What a ladder would prove: the truth lies between. Ops are in the order of their instants, so a place is an op. */
const knownOf = (rng: Rng, { id, due, visible }: Kept, op: number): ProbedWrite => {
  const truth = (visible - due) * MILLI
  const isLost = visible === Infinity
  const lower = isLost ? Infinity : truth * (1 - 0.15 * rng.uniform())
  const upper = truth * (1 + 0.15 * rng.uniform())
  return { op, id, kind: 'insert', phase: 0, lower, upper, lostFrom: isLost ? 0 : Infinity }
}

const answer = (rng: Rng, sorted: readonly Kept[], at: number, { miss, empty }: Flawed) => {
  const live = sorted.filter(({ due, removed }) => due <= at && removed > at).slice(0, K)
  const why = new Map<Id, Why>()
  const found = sorted.filter((row) => {
    if (row.due > at || row.gone <= at) return false
    if (row.visible > at) why.set(row.id, row.visible === Infinity ? 'lost' : 'late')
    else if (rng.uniform() < miss(at - row.due, at, row.id)) why.set(row.id, 'index')
    return !why.has(row.id)
  })
  const kept = found.slice(0, K)
  // a row that was not found, but would not have had a place either, was crowded out: to find it would have changed nothing
  const end = kept.length < K ? sorted.length : sorted.indexOf(kept.at(-1)!)
  for (const { id } of sorted.slice(end + 1)) why.set(id, 'crowdedOut')
  const hits = kept.filter(({ id }) => {
    if (rng.uniform() < empty) why.set(id, 'short')
    return !why.has(id)
  })
  const answered = new Set(hits.map(({ id }) => id))
  const missed = live
    .filter(({ id }) => !answered.has(id))
    .map(({ id }) => ({ id, why: why.get(id)! }))
  const logged = { missed, neighbours: live.length, empty: kept.length - hits.length }
  return { hits, logged }
}
