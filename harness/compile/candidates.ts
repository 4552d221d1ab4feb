import { type Dataset, type Metric, modelOf, revisionOf, stream } from '../model/index.ts'
import { stableOrder } from './order.ts'
import { REMOVE } from './requests.ts'
import type { WriteLog } from './write-log.ts'

/** Every version of every row that one collection ever holds, by when its write is due (preloaded: 0). */
export interface Candidates {
  readonly count: number
  readonly id: Uint32Array
  readonly version: Uint32Array
  readonly due: Float64Array
}

export const candidatesOf = (log: WriteLog, preload: number, space: number): Candidates => {
  const capacity = log.count + preload
  const id = new Uint32Array(capacity)
  const version = new Uint32Array(capacity)
  const due = new Float64Array(capacity)
  let count = 0
  if (space === 0) for (; count < preload; count++) id[count] = count
  for (let entry = 0; entry < log.count; entry++) {
    if (log.space[entry] !== space || log.what[entry] === REMOVE) continue
    id[count] = log.id[entry]!
    version[count] = log.version[entry]!
    due[count++] = log.due[entry]!
  }
  return { count, id, version, due }
}

/** The vector that a row has at a version; valid until the next call. */
export const vectorOf =
  ({ models, revisions, rows }: Dataset) =>
  (id: number, version: number): Float32Array =>
    models[modelOf(version, revisions) - 1]!.vectors.at(revisionOf(version, revisions) * rows + id)

/**
 * One number of each candidate, its square norm, and the candidates in the order that a search for neighbours
 * goes through.
 */
export interface Sketch {
  /** Projection on a fixed direction of length 1; under cosine, that of the vector brought to length 1. */
  readonly projection: Float64Array
  readonly square: Float64Array
  /** l2, cosine: by projection, ascending. ip: by square norm, ascending. */
  readonly order: Uint32Array
}

export const sketchOf = (
  { count, id, version }: Candidates,
  vector: (id: number, version: number) => Float32Array,
  metric: Metric,
  dimensions: number,
): Sketch => {
  const along = directionOf(dimensions)
  const projection = new Float64Array(count)
  const square = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const x = vector(id[i]!, version[i]!)
    let dot = 0
    let norm = 0
    for (let d = 0; d < x.length; d++) {
      dot += x[d]! * along[d]!
      norm += x[d]! * x[d]!
    }
    projection[i] = metric === 'cosine' && norm > 0 ? dot / Math.sqrt(norm) : dot
    square[i] = norm
  }
  return { projection, square, order: ascending(metric === 'ip' ? square : projection) }
}

const directions = new Map<number, Float64Array>()

/** Drawn once: every probed write asks for it. */
const directionOf = (dimensions: number): Float64Array => {
  const known = directions.get(dimensions) ?? draw(dimensions)
  directions.set(dimensions, known)
  return known
}

const draw = (dimensions: number): Float64Array => {
  const rng = stream(0, 'direction')
  const drawn = Float64Array.from({ length: dimensions }, () => rng.normal())
  const length = Math.sqrt(drawn.reduce((sum, x) => sum + x * x, 0))
  return drawn.map((x) => x / length)
}

/** Places in ascending order of value, told apart to 2^-48 of their range. */
const ascending = (values: Float64Array): Uint32Array => {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const unit = 0x1_0000_0000_0000 / (high - low || 1)
  return stableOrder(values.map((value) => Math.floor((value - low) * unit)))
}
