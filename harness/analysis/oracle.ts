import { type Id, modelOf, revisionOf, type Version } from '../model/index.ts'
import { blocksOf, medianOf, normsOf, readBlock } from './blocks.ts'
import { distances, type Query, queryOf, squaredNorm } from './distance.ts'
import { LANES, sieveOf } from './kernel/index.ts'
import { nearest } from './nearest.ts'
import type { View } from './view.ts'
import type { Windows } from './windows.ts'

/** The windows nearest to one query, nearest first; ties by id, then version. */
export interface Ranking {
  readonly window: Uint32Array
  readonly distance: Float64Array
  /** Every window is in it. If not, those left out are no nearer than the last one here. */
  readonly complete: boolean
  /** s of the tie rule (definitions §3): ε = 1e-6 · max(|d|, scale). */
  readonly scale: number
}

/** Exact search over every row-version that is ever possible in one collection. */
export interface Oracle {
  readonly windows: Windows
  /** Ranks the windows for queries of one model (their numbers), at least `depth` deep; all queries share one pass over the rows. */
  rank(model: number, queries: readonly number[], depth: number): readonly Ranking[]
  /** Distance of a query to one row-version, the same bits as in a ranking; NaN if the dataset has no such row. */
  distance(model: number, query: number, id: Id, version: Version): number
}

/**
 * Exact nearest neighbours by brute force: float32 arithmetic leaves out what is surely too far (kernel/bound.ts), float64 ranks the
 * rest, so the answer is that of float64 throughout, in every place and to the bit. Memory: 12 bytes a window, 20 while it is
 * made; one block of rows; 12 bytes a query and place of depth. No vector is kept.
 */
export const oracleOf = (view: View, windows: Windows): Oracle => {
  const { metric } = view.trace.meta
  const { models } = view.run.dataset
  const blocks = blocksOf(view, windows)
  const norms = normsOf(view, windows, blocks)
  const typical = medianOf(blocks, norms)
  const total = blocks.reduce((sum, block) => sum + block.windows.length, 0)
  const sieve = sieveOf(metric)

  const queryAt = (model: number, query: number): Query =>
    queryOf(models[model - 1]!.queries.at(query))
  const scaleOf = (query: Query): number =>
    metric === 'l2' ? typical ** 2 : metric === 'cosine' ? 1 : query.norm * typical

  const rank: Oracle['rank'] = (model, numbers, depth) => {
    if (numbers.length === 0) return []
    const queries = numbers.map((number) => queryAt(model, number))
    const kept = queries.map(() => nearest(Math.min(depth, total), inOrder(windows)))
    sieve.ask(queries)
    for (const block of blocks) {
      const rows = readBlock(view, windows, block)
      const lengths = Float64Array.from(block.windows, (window) => norms[window]!)
      sameDimensions(queries[0]!, rows, lengths.length)
      sieve.load(rows, lengths)
      const out = new Float64Array(lengths.length + LANES)
      for (let first = 0; first < queries.length; first += LANES) {
        const four = kept.slice(first, first + LANES)
        const near = sieve.sift(
          first,
          four.map((best) => best.bound()),
        )
        for (const [lane, best] of four.entries()) {
          distances(metric, rows, queries[first + lane]!, lengths, near[lane]!, out)
          near[lane]!.forEach((row, i) => {
            best.push(block.windows[row]!, out[i]!)
          })
        }
      }
    }
    return kept.map((best, i) => {
      const { item, distance } = best.sorted()
      return { window: item, distance, complete: depth >= total, scale: scaleOf(queries[i]!) }
    })
  }

  const distance: Oracle['distance'] = (model, query, id, version) => {
    const { rows, revisions } = view.run.dataset
    const of = models[modelOf(version, revisions) - 1]
    if (!of || id >= rows || version < 0) return Number.NaN
    const row = of.vectors.at(revisionOf(version, revisions) * rows + id)
    const out = new Float64Array(LANES)
    const length = Float64Array.of(Math.sqrt(squaredNorm(row, 0, row.length)))
    distances(metric, row, queryAt(model, query), length, Uint32Array.of(0), out)
    return out[0]!
  }
  return { windows, rank, distance }
}

/** The rankings of some queries of one model, made deeper where a search's live set needs more. */
export interface Rankings {
  readonly at: (place: number) => Ranking
  deepen(place: number): Ranking
}

/** Windows that deepened rankings hold together, beyond the one asked for: 12 bytes each. */
const DEEP = 2 ** 22

/**
 * Ranks the queries together, `depth` deep at first; each deepening goes eight times as deep. It takes in the queries behind the one that
 * asks, none the first time, then 1, 3, 7, …, since what one needs the next ones often need too, and a pass over the rows serves
 * them all. Memory: where deep rankings would hold more than 2^22 windows, those of other queries go back to the first depth.
 */
export const rankingsOf = (
  oracle: Oracle,
  model: number,
  queries: readonly number[],
  depth: number,
): Rankings => {
  const shallow = oracle.rank(model, queries, depth)
  const ranked = [...shallow]
  const depths = queries.map(() => depth)
  let group = 1

  const behind = (place: number, deep: number): number[] => {
    const most = Math.min(group, Math.floor(DEEP / deep))
    const places = [place]
    for (let next = place + 1; next < queries.length && places.length < most; next++) {
      if (!ranked[next]!.complete && depths[next]! < deep) places.push(next)
    }
    return places
  }
  const makeRoom = (wanted: number): void => {
    const held = depths.reduce((sum, deep) => sum + (deep > depth ? deep : 0), 0)
    if (held + wanted <= DEEP) return
    ranked.splice(0, ranked.length, ...shallow)
    depths.fill(depth)
  }
  const deepen = (place: number): Ranking => {
    const deep = 8 * depths[place]!
    const together = behind(place, deep)
    group *= 2
    makeRoom(together.length * deep)
    const asked = together.map((at) => queries[at]!)
    for (const [i, ranking] of oracle.rank(model, asked, deep).entries()) {
      ranked[together[i]!] = ranking
      depths[together[i]!] = deep
    }
    return ranked[place]!
  }
  return { at: (place) => ranked[place]!, deepen }
}

/** Half the width of the band in which distances count as equal (definitions §3: ε). */
export const tolerance = (distance: number, scale: number): number =>
  1e-6 * Math.max(Math.abs(distance), scale)

/** At equal distances: by id, then version. */
const inOrder =
  ({ id, version }: Windows) =>
  (a: number, b: number): number =>
    id[a]! - id[b]! || version[a]! - version[b]! || a - b

const sameDimensions = (query: Query, rows: Float32Array, count: number): void => {
  if (query.vector.length * count === rows.length) return
  throw new Error(
    `a query of ${query.vector.length} dimensions was asked of rows of ${rows.length / count}`,
  )
}
