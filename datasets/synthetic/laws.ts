import { cos, type Rng, sin, stream } from '../../harness/model/index.ts'
import { drawTurn } from '../turn.ts'
import { chance } from './chance.ts'

/** Where vectors come from: fills `into` with one vector as of `time` in [0, 1) and tells its cluster. */
export type Law = (rng: Rng, time: number, into: Float64Array) => number

/** Independent and uniform in [−1, 1) in every dimension; of no cluster. */
export const uniform: Law = (rng, _time, into) => {
  for (let i = 0; i < into.length; i++) into[i] = 2 * rng.uniform() - 1
  return 0
}

export interface Mixture {
  readonly seed: number
  readonly dimensions: number
  readonly clusters: number
  /** Typical distance within a cluster, against that of two centres. */
  readonly spread: number
  /** Dimensions in which a cluster is wide; in the others it is a tenth as wide. */
  readonly intrinsic: number
  /** Quarter turns of every centre from time 0 to 1. */
  readonly drift: number
}

/**
 * A Gaussian mixture of clusters equally likely, each wide in `intrinsic` directions of its own: embeddings fill few
 * dimensions of their space, and an index finds its way accordingly. A centre moves along the circle through two drawn
 * points, so that it keeps its distance from the origin; after a quarter turn it is at the second.
 */
export const mixture = (options: Mixture): Law => {
  const { seed, dimensions, clusters, intrinsic, drift } = options
  const starts = normals(seed, 'starts', clusters * dimensions)
  const ends = drift === 0 ? starts : normals(seed, 'ends', clusters * dimensions)
  const widths = widthsOf(options)
  const turn = drawTurn(stream(seed, 'axes'), dimensions)
  return (rng, time, into) => {
    const cluster = rng.below(clusters)
    const angle = (Math.PI / 2) * drift * time
    const [old, young] = [cos(angle), sin(angle)]
    const from = cluster * dimensions
    for (let i = 0; i < dimensions; i++) {
      const centre = old * starts[from + i]! + young * ends[from + i]!
      into[i] = centre + widths[(cluster * intrinsic + i) % dimensions]! * rng.normal()
    }
    turn(into)
    return cluster
  }
}

/** Standard deviations by dimension, scaled so that `spread` holds: centres lie √(2·dimensions) apart. */
const widthsOf = ({ dimensions, spread, intrinsic }: Mixture): Float64Array => {
  const wide = Math.min(intrinsic, dimensions)
  const unit = spread * Math.sqrt(dimensions / (wide + (dimensions - wide) / 100))
  return Float64Array.from({ length: dimensions }, (_, i) => (i < wide ? unit : unit / 10))
}

const normals = (seed: number, name: string, count: number): Float64Array => {
  const { normal } = chance(seed, name)
  return Float64Array.from({ length: count }, normal)
}
