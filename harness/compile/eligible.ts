import type { Dataset, Metric, Scenario } from '../model/index.ts'
import { type Candidates, candidatesOf, type Sketch, sketchOf, vectorOf } from './candidates.ts'
import { REMOVE } from './requests.ts'
import type { WriteLog } from './write-log.ts'

/**
 * Two vectors of length 1 no further apart than this point the same way: float32 rounding of a scaled copy
 * stays below.
 */
const SAME_WAY = 1e-6

/**
 * Whether exact search for the row's own vector would return the row (definitions §2, Which writes): fewer than k other
 * rows, at any version that its collection may hold before the row's deadline, are at its distance or nearer. l2: equal
 * vectors. cosine: equal directions. ip: rows whose product with the vector is at least its own square norm; by
 * Cauchy–Schwarz only rows of at least its norm. A version counts from its write on, whether or not it is replaced
 * before the deadline: that errs towards not asking. A delete of a row that its collection does not hold is never
 * eligible.
 */
export const eligibility = (
  { k, metric, preload }: Scenario,
  dataset: Dataset,
  log: WriteLog,
  deadline: number,
): ((entry: number) => boolean) => {
  const vector = vectorOf(dataset)
  const crowds = new Map<number, Crowd>()
  const crowdOf = (space: number, dimensions: number): Crowd => {
    const known = crowds.get(space)
    if (known) return known
    const among = candidatesOf(log, preload, space)
    const crowd = { among, ...sketchOf(among, vector, metric, dimensions), vector, metric }
    crowds.set(space, crowd)
    return crowd
  }
  return (entry) => {
    if (Number.isNaN(log.before[entry]!) && log.what[entry] === REMOVE) return false
    const own = vector(log.id[entry]!, log.version[entry]!).slice()
    const crowd = crowdOf(log.space[entry]!, own.length)
    return rivals(crowd, own, log.id[entry]!, log.due[entry]! + deadline, k) < k
  }
}

interface Crowd extends Sketch {
  readonly among: Candidates
  readonly vector: (id: number, version: number) => Float32Array
  readonly metric: Metric
}

/** Other rows, due by `until`, at the distance of `own` to itself or nearer; counts no further than k. */
const rivals = (crowd: Crowd, own: Float32Array, id: number, until: number, k: number): number => {
  const { among, metric, order, projection, square, vector } = crowd
  const me = measure(crowd, own)
  const reach = metric === 'cosine' ? SAME_WAY : 0
  const keys = metric === 'ip' ? square : projection
  let found = 0
  for (let at = firstFrom(keys, order, me.key - reach); at < order.length && found < k; at++) {
    const i = order[at]!
    if (metric === 'ip') {
      // x·y ≥ ‖x‖² implies ‖y − x‖² ≤ ‖y‖² − ‖x‖², and no projection is further apart than the vectors are.
      const apart = projection[i]! - me.projection
      if (apart * apart > (square[i]! - me.square) * (1 + 1e-9) + 1e-9 * me.square) continue
    } else if (keys[i]! > me.key + reach) break
    if (among.id[i] === id || among.due[i]! > until) continue
    if (asNear(metric, own, me.square, vector(among.id[i]!, among.version[i]!), square[i]!)) found++
  }
  return found
}

/** The sketch of one vector, computed as `sketchOf` does. */
const measure = (crowd: Crowd, own: Float32Array) => {
  const one: Candidates = {
    count: 1,
    id: Uint32Array.of(0),
    version: Uint32Array.of(0),
    due: Float64Array.of(0),
  }
  const sketch = sketchOf(one, () => own, crowd.metric, own.length)
  const projection = sketch.projection[0]!
  const square = sketch.square[0]!
  return { projection, square, key: crowd.metric === 'ip' ? square : projection }
}

const firstFrom = (keys: Float64Array, order: Uint32Array, least: number): number => {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[order[middle]!]! < least) low = middle + 1
    else high = middle
  }
  return low
}

const asNear = (
  metric: Metric,
  x: Float32Array,
  xx: number,
  y: Float32Array,
  yy: number,
): boolean => {
  if (metric === 'l2') return x.every((value, d) => value === y[d])
  if (metric === 'ip') return x.reduce((sum, value, d) => sum + value * y[d]!, 0) >= xx
  if (xx === 0 || yy === 0) return xx === yy
  const a = 1 / Math.sqrt(xx)
  const b = 1 / Math.sqrt(yy)
  let apart = 0
  for (let d = 0; d < x.length && apart <= SAME_WAY * SAME_WAY; d++)
    apart += (x[d]! * a - y[d]! * b) ** 2
  return apart <= SAME_WAY * SAME_WAY
}
