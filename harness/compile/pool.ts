import type { Id, Rng, WritePick } from '../model/index.ts'
import { popularity, zipfWeight } from './chance.ts'
import { weightsOf } from './weights.ts'

/** The rows that may be updated or deleted now. */
export interface Pool {
  readonly size: number
  has(id: Id): boolean
  add(id: Id): void
  remove(id: Id): void
  /** Draws one of them; it stays until removed. The pool may not be empty. */
  draw(rng: Rng): Id
}

/** What a pool must know of the dataset. */
export interface Rows {
  readonly count: number
  cluster(id: Id): number
}

/**
 * uniform: each row alike. zipf: each row weighs 1/(r + 1), r its place in an order of popularity that is drawn once.
 * oldest, newest: by the time of insertion, that is by id. cluster: a row's cluster is drawn, and its rows are taken in
 * random order until none is left to take; then the next cluster.
 */
export const poolOf = (pick: WritePick, rows: Rows, seed: number): Pool => {
  const { place, id, weight } = layout(pick, rows, seed)
  const weights = weightsOf(rows.count)
  const inside = new Uint8Array(rows.count)
  let size = 0
  let cluster = -1
  const bounds = pick === 'cluster' ? clusterBounds(rows) : null
  const change = (row: Id, by: 1 | -1): void => {
    if ((inside[row] === 1) === (by === 1)) return
    inside[row] = by === 1 ? 1 : 0
    size += by
    weights.add(place(row), by * weight(row))
  }
  const any = (rng: Rng): Id => id(weights.find(rng.below(weights.total)))
  return {
    get size() {
      return size
    },
    has: (row) => inside[row] === 1,
    add: (row) => change(row, 1),
    remove: (row) => change(row, -1),
    draw: (rng) => {
      if (pick === 'oldest') return id(weights.find(0))
      if (pick === 'newest') return id(weights.find(weights.total - 1))
      if (!bounds) return any(rng)
      const sum = (c: number): number => weights.below(bounds[c + 1]!) - weights.below(bounds[c]!)
      if (cluster < 0 || sum(cluster) === 0) cluster = rows.cluster(any(rng))
      return id(weights.find(weights.below(bounds[cluster]!) + rng.below(sum(cluster))))
    },
  }
}

/** Where each row stands among the weights, and what it weighs. */
const layout = (
  pick: WritePick,
  rows: Rows,
  seed: number,
): { place(id: Id): number; id(place: number): Id; weight(id: Id): number } => {
  const same = (i: number): number => i
  if (pick === 'zipf') {
    const rank = popularity(rows.count, seed, 'rows')
    return { place: same, id: same, weight: (row) => zipfWeight(rank[row]!) }
  }
  if (pick !== 'cluster') return { place: same, id: same, weight: () => 1 }
  const next = clusterBounds(rows)
  const place = new Uint32Array(rows.count)
  const id = new Uint32Array(rows.count)
  for (let row = 0; row < rows.count; row++) {
    place[row] = next[rows.cluster(row)]!++
    id[place[row]!] = row
  }
  return { place: (row) => place[row]!, id: (at) => id[at]!, weight: () => 1 }
}

/** Rows laid out cluster by cluster: where each cluster begins, and the end. */
const clusterBounds = ({ count, cluster }: Rows): Uint32Array => {
  let clusters = 0
  for (let row = 0; row < count; row++) clusters = Math.max(clusters, cluster(row) + 1)
  const bounds = new Uint32Array(clusters + 1)
  for (let row = 0; row < count; row++) bounds[cluster(row) + 1]!++
  for (let c = 0; c < clusters; c++) bounds[c + 1]! += bounds[c]!
  return bounds
}
