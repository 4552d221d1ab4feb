import { stream } from '../../harness/model/rng.ts'
import { EF_CONSTRUCTION, engine, K, M, type Peers } from './contender.ts'
import type { Points } from './sets.ts'
import { costOf, cpu, recallOf, truthOf } from './speed.ts'

/** Share of the live rows that is deleted, and of new ones inserted, at a time. */
const STEP = 0.05
/** Tombstones, of the live rows, at which the engine is compacted, as by default. */
const CONSOLIDATE = 0.15

/** Replaces rows of ids [0, live) by the rest of the set in turn; the ids that live after it. */
const churn = (
  set: Points,
  live: number,
  seed: number,
  replace: (deleted: readonly number[], inserted: readonly number[]) => void,
): Int32Array => {
  const chance = stream(seed, 'churn')
  const ids = Int32Array.from({ length: live }, (_, id) => id)
  const step = Math.floor(live * STEP)
  for (let next = live; next + step <= set.rows.length; next += step) {
    // The first places of a shuffle begun anew: no row twice.
    for (let i = 0; i < step; i++) {
      const other = i + chance.below(live - i)
      const id = ids[i]!
      ids[i] = ids[other]!
      ids[other] = id
    }
    const inserted = Array.from({ length: step }, (_, i) => next + i)
    replace([...ids.subarray(0, step)], inserted)
    ids.set(inserted)
  }
  return ids
}

/** The engine with the first `live` rows, and what replaces rows in it. */
const loaded = (set: Points, live: number, seed: number) => {
  const index = engine(set.dimensions, seed)
  for (let id = 0; id < live; id++) index.upsert(id, 0, set.rows[id]!)
  const replace = (deleted: readonly number[], inserted: readonly number[]): void => {
    for (const id of deleted) index.delete(id)
    for (const id of inserted) index.upsert(id, 0, set.rows[id]!)
    if (index.stats().tombstones >= CONSOLIDATE * live) for (const _ of index.compaction());
  }
  return { index, replace }
}

/** Recall at ef 32 after the set's rows went through `live` places, and that of a rebuild: of the same rows, in the order of their ids. */
export const drift = (set: Points, live: number, seed: number) => {
  const { index, replace } = loaded(set, live, seed)
  const ids = churn(set, live, seed, replace).sort()
  const rebuilt = engine(set.dimensions, seed)
  for (const id of ids) rebuilt.upsert(id, 0, set.rows[id]!)
  const truth = truthOf({ ...set, rows: [...ids].map((id) => set.rows[id]!) }).map(
    (places) => new Set([...places].map((place) => ids[place]!)),
  )
  const recall = (from: typeof index) =>
    recallOf(
      set.queries.map((query) => from.search(query, K, 32).ids),
      truth,
    )
  return { churned: recall(index), rebuilt: recall(rebuilt), ...index.shape() }
}

/** Replacements a second of CPU, compaction included; of the peer by its replaceDeleted, in turns of one step. */
export const replacements = (
  set: Points,
  live: number,
  { HierarchicalNSW }: NonNullable<Peers['hnswlib']>,
): { readonly ours: number; readonly peer: number } => {
  const { replace } = loaded(set, live, 1)
  const peer = new HierarchicalNSW('l2', set.dimensions)
  peer.initIndex(live, M, EF_CONSTRUCTION, 1, true)
  for (let id = 0; id < live; id++) peer.addPoint(Array.from(set.rows[id]!), id)
  const spent = { ours: 0, peer: 0 }
  churn(set, live, 1, (deleted, inserted) => {
    const points = inserted.map((id) => Array.from(set.rows[id]!))
    const began = cpu()
    replace(deleted, inserted)
    const between = cpu()
    for (const id of deleted) peer.markDelete(id)
    inserted.forEach((id, i) => {
      peer.addPoint(points[i]!, id, true)
    })
    spent.ours += between - began
    spent.peer += cpu() - between
  })
  const each = 1e6 * (set.rows.length - live)
  return { ours: each / spent.ours, peer: each / spent.peer }
}

/** CPU of a search at ef 64 with one row in ten a tombstone, over that without; the two indexes are asked in turns, the median is taken. */
export const tombstoneCost = (set: Points, rounds: number): number => {
  const whole = loaded(set, set.rows.length, 1).index
  const holed = loaded(set, set.rows.length, 1).index
  const chance = stream(1, 'holes')
  for (let left = set.rows.length / 10; left > 0; ) {
    if (holed.delete(chance.below(set.rows.length))) left--
  }
  const ratios = Array.from({ length: rounds }, () => {
    const [a, b] = [whole, holed].map((index) =>
      costOf(() => {
        for (const query of set.queries) index.search(query, K, 64)
      }),
    )
    return b! / a!
  })
  return ratios.sort((a, b) => a - b)[rounds >> 1]!
}

/**
 * Microseconds that 99 of 100 inserts of the second half did not exceed. The clocks of CPU time tick too slowly for one insert: equal builds do
 * the same work, insert by insert, and the least wall time of each is the one that nobody interrupted.
 */
export const insertP99 = (set: Points, builds: number): number => {
  const least = new Float64Array(set.rows.length).fill(Infinity)
  for (let build = 0; build < builds; build++) {
    const index = engine(set.dimensions)
    set.rows.forEach((row, id) => {
      const began = performance.now()
      index.upsert(id, 0, row)
      least[id] = Math.min(least[id]!, 1000 * (performance.now() - began))
    })
  }
  const second = least.subarray(set.rows.length >> 1).sort()
  return second[Math.ceil(0.99 * second.length) - 1]!
}

/** Milliseconds of the longest step of a compaction of one row in ten; least of equal runs, step by step. */
export const longestStep = (set: Points, runs: number): number => {
  const least: number[] = []
  for (let run = 0; run < runs; run++) {
    const { index } = loaded(set, set.rows.length, 1)
    for (let id = 0; id < set.rows.length; id += 10) index.delete(id)
    const work = index.compaction()
    for (let step = 0, isDone = false; !isDone; step++) {
      const began = performance.now()
      isDone = work.next().done === true
      least[step] = Math.min(least[step] ?? Infinity, performance.now() - began)
    }
  }
  return least.reduce((a, b) => Math.max(a, b), 0)
}
