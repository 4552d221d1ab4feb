import { type Rng, stream } from '../../harness/model/rng.ts'

/** Rows one behind the other, and queries drawn like them. */
export interface Points {
  readonly name: string
  readonly dimensions: number
  readonly rows: readonly Float32Array[]
  readonly queries: readonly Float32Array[]
}

const CLUSTERS = 200
/** Independent directions of the low-rank sets. */
const LATENT = 48
const SPREAD = 0.6

/** The sets of the table, each for so many rows and queries; equal seeds give equal points. */
export const SETS = {
  /** A Gaussian mixture, as wide in every direction. */
  iso128: (rows: number, queries: number, seed: number) =>
    points('iso128', 128, rows, queries, seed, (vector) => vector),
  /** The mixture lies in 48 directions, ever narrower, seen from 128. */
  lr128: (rows: number, queries: number, seed: number) =>
    points('lr128', 128, rows, queries, seed, lowRank(128, seed)),
  /** The same from 768, to length one, so that l2 ranks as cosine does. */
  lr768n: (rows: number, queries: number, seed: number) =>
    points('lr768n', 768, rows, queries, seed, (vector) => normalized(lowRank(768, seed)(vector))),
} as const
export type SetName = keyof typeof SETS

const gauss = (chance: Rng, count: number): Float32Array =>
  Float32Array.from({ length: count }, () => chance.normal())

const points = (
  name: SetName,
  dimensions: number,
  rows: number,
  queries: number,
  seed: number,
  finish: (vector: Float32Array) => Float32Array,
): Points => {
  const width = name === 'iso128' ? dimensions : LATENT
  const place = stream(seed, name, 'centres')
  const centres = Array.from({ length: CLUSTERS }, () => gauss(place, width))
  const draw = (count: number, part: string) => {
    const chance = stream(seed, name, part)
    return Array.from({ length: count }, () => {
      const centre = centres[chance.below(CLUSTERS)]!
      return finish(centre.map((x) => x + SPREAD * chance.normal()))
    })
  }
  return { name, dimensions, rows: draw(rows, 'rows'), queries: draw(queries, 'queries') }
}

const maps = new Map<string, Float32Array[]>()
/** z ↦ A·diag(1/√(1 + j))·z with A drawn once for each width and seed. */
const lowRank = (dimensions: number, seed: number) => {
  const name = `${dimensions} ${seed}`
  const chance = stream(seed, 'map', dimensions)
  const map =
    maps.get(name) ??
    Array.from({ length: dimensions }, () =>
      gauss(chance, LATENT).map((x, j) => x / Math.sqrt(1 + j)),
    )
  maps.set(name, map)
  return (z: Float32Array): Float32Array =>
    Float32Array.from(map, (row) => row.reduce((sum, x, j) => sum + x * z[j]!, 0))
}

const normalized = (vector: Float32Array): Float32Array => {
  const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0))
  return vector.map((x) => x / length)
}
