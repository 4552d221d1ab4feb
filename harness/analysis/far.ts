import { type ArrivalRecall, type Id, type Micros, modelOf, revisionOf } from '../model/index.ts'
import { groupRecall, NOBODY } from './ages.ts'
import { type Members, membersWhere, placesWhere } from './groups.ts'
import type { SearchTable } from './searches.ts'
import type { View } from './view.ts'
import { type Windows, windowsOf } from './windows.ts'

/** At most so many rows stand for all that were live, arrivals and preloaded rows are measured, and nearest neighbours looked at. */
const REFERENCES = 1_024
const MEASURED = 512
const NEAREST = 1_024
/** Farther than this share of the preloaded rows are from theirs is far. */
const USUAL = 0.99

/**
 * Recall where the nearest true neighbour is a row that arrived far from everything (definitions §3), beside where it is another arrival, and
 * where it was preloaded: a function of the searches asked about. How far a row arrived is its distance to the nearest row that was live then,
 * of a sample of all; euclidean, of unit vectors under cosine and ip. Rows of the first collection in the first model count; null without any
 * preloaded row to compare with. Cost: a few thousand rows against a thousand.
 */
export const recallByArrival = (
  view: View,
  table: SearchTable,
): ((members: Members) => ArrivalRecall | null) => {
  const arrivals = arrivalsOf(view, table)
  if (arrivals === null) return () => null
  const { measured, far, typical, isFar } = arrivals
  return (members) => ({
    measured: measured.length,
    far: far / measured.length,
    ratio:
      typical > 0 ? { p50: at(measured, 0.5) / typical, p99: at(measured, 0.99) / typical } : null,
    preloaded: groupRecall(
      table,
      membersWhere(members, (s) => table.ages.nearest[s] === 0),
    ),
    near: groupRecall(
      table,
      membersWhere(members, (s) => isFar[s] === NEAR),
    ),
    distant: groupRecall(
      table,
      membersWhere(members, (s) => isFar[s] === FAR),
    ),
  })
}

/** What is measured once; the windows it takes are held no longer than this. */
const arrivalsOf = (view: View, table: SearchTable) => {
  const windows = windowsOf(view, 0)
  const held = rowsOf(view, windows)
  const preloaded = membersWhere(held, (w) => windows.op[w]! < 0)
  const arrived = membersWhere(held, (w) => windows.op[w]! >= 0)
  if (preloaded.length < 2 || arrived.length === 0) return null
  const distance = distanceToLive(view, windows, thin(held, REFERENCES))
  const usual = distancesOf(thin(preloaded, MEASURED), distance)
  const typical = usual[(usual.length - 1) >> 1] ?? 0
  const bound = usual[Math.ceil(USUAL * usual.length) - 1] ?? Infinity
  const measured = distancesOf(thin(arrived, MEASURED), distance)
  const far = measured.filter((d) => d > bound).length
  const isFar = farAmong(table, windows, (w) => distance(w) > bound)
  return { measured, far, typical, isFar }
}

const at = (sorted: Float64Array, p: number): number =>
  sorted[Math.max(1, Math.ceil(p * sorted.length)) - 1]!

/** Windows that hold a version of the first model. */
const rowsOf = (view: View, windows: Windows): Uint32Array =>
  placesWhere(
    windows.count,
    (w) =>
      windows.version[w]! >= 0 && modelOf(windows.version[w]!, view.run.dataset.revisions) === 1,
  )

/** Evenly spaced ones, at most so many. */
const thin = (all: Members, most: number): readonly number[] =>
  all.length <= most
    ? [...all]
    : Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!)

const distancesOf = (of: readonly number[], distance: (w: number) => number): Float64Array =>
  Float64Array.from(of, distance).filter(Number.isFinite).sort()

/** Window → its distance to the nearest reference of another id that was live when it arrived; Infinity if there was none. */
const distanceToLive = (
  view: View,
  windows: Windows,
  references: readonly number[],
): ((w: number) => number) => {
  const read = (w: number): Float64Array => vectorOf(view, windows.id[w]!, windows.version[w]!)
  const vectors = references.map(read)
  return (w) => {
    const arrival = windows.op[w]! < 0 ? -Infinity : view.trace.ops.at[windows.op[w]!]!
    const vector = read(w)
    let nearest = Infinity
    references.forEach((other, i) => {
      if (windows.id[other] === windows.id[w] || !isLiveAt(windows, other, arrival)) return
      nearest = squareBelow(vector, vectors[i]!, nearest)
    })
    return Math.sqrt(nearest)
  }
}

const isLiveAt = ({ from, to }: Windows, w: number, instant: Micros): boolean =>
  from[w]! <= instant && to[w]! >= instant

/** The vector as it is, or of length 1 where the metric looks at directions. */
const vectorOf = (view: View, id: Id, version: number): Float64Array => {
  const { rows, revisions, models } = view.run.dataset
  const raw = models[0]!.vectors.at(revisionOf(version, revisions) * rows + id)
  const vector = Float64Array.from(raw)
  if (view.trace.meta.metric === 'l2') return vector
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
  return length === 0 ? vector : vector.map((x) => x / length)
}

/** Σ (a − b)² if it is below a bound, else the bound; given up as soon as that is sure. */
const squareBelow = (a: Float64Array, b: Float64Array, bound: number): number => {
  let sum = 0
  for (let from = 0; from < a.length; from += 16) {
    const to = Math.min(from + 16, a.length)
    for (let i = from; i < to; i++) sum += (a[i]! - b[i]!) ** 2
    if (sum >= bound) return bound
  }
  return sum
}

const NEAR = 1
const FAR = 2

/** Search → whether its nearest true neighbour arrived NEAR or FAR; 0 where it did not arrive, or was not looked at. */
const farAmong = (
  { count, ages }: SearchTable,
  windows: Windows,
  isFar: (w: number) => boolean,
): Uint8Array => {
  const windowOf = (s: number): number => {
    if (ages.nearest[s] === NOBODY || ages.nearestOp[s]! < 0) return -1
    const id = ages.nearestId[s]!
    for (let w = windows.start[id]!; w < windows.start[id + 1]!; w++) {
      if (windows.op[w] === ages.nearestOp[s]) return w
    }
    return -1
  }
  const nearest = Int32Array.from({ length: count }, (_, s) => windowOf(s))
  const met = new Uint8Array(windows.count)
  const first = membersWhere(nearest, (w) => {
    const isFirst = w >= 0 && met[w] === 0
    if (isFirst) met[w] = 1
    return isFirst
  })
  const looked = thin(first, NEAREST)
  const verdict = new Map(looked.map((w) => [w, isFar(w) ? FAR : NEAR]))
  return Uint8Array.from(nearest, (w) => verdict.get(w) ?? 0)
}
