import type { HnswSettings } from './hnsw-index.ts'

/** As many floats as the index has dimensions, all finite. */
export type Vector = Float32Array | readonly number[]

/** The vector as floats, or an error that says what is wrong with it. */
export const floats = (vector: Vector, dimensions: number): Float32Array => {
  if (vector.length !== dimensions) {
    throw new RangeError(
      `hnsw: the vector has ${vector.length} dimensions, the index ${dimensions}`,
    )
  }
  const read = vector instanceof Float32Array ? vector : Float32Array.from(vector)
  const odd = read.findIndex((value) => !Number.isFinite(value))
  if (odd === -1) return read
  throw new RangeError(`hnsw: dimension ${odd} of the vector is ${vector[odd]}, not a finite float`)
}

/** The value, if it is a whole number in the range. */
export const whole = (what: string, value: number, least: number, most = 2 ** 32 - 1): number => {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new RangeError(`hnsw: ${what} is ${value}, not a whole number from ${least} to ${most}`)
}

/** Settings that a folder keeps too: what the index may take in memory is what the machine has. */
export type KeptSettings = Omit<HnswSettings, 'mostBytes' | 'segmentBytes'>

/** Their names, as keys. */
export const KEPT = {
  dimensions: 0,
  metric: 0,
  m: 0,
  efConstruction: 0,
  ef: 0,
  seed: 0,
  consolidation: 0,
  alpha: 0,
} satisfies Record<keyof KeptSettings, 0>

/** Refuses a setting that nobody reads. */
export const checkNames = (settings: object, names: readonly string[]): void => {
  const odd = Object.keys(settings).find((name) => !names.includes(name))
  if (odd === undefined) return
  throw new RangeError(`hnsw: there is no setting ${odd}, only ${names.join(', ')}`)
}
