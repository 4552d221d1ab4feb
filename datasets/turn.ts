import { cos, type Rng, sin } from '../harness/model/index.ts'

/**
 * A random rotation of so many dimensions, applied in place: layers of Givens rotations, each of all dimensions in drawn
 * pairs by drawn angles. Orthogonal but for rounding, at O(d log d) a vector. A layer doubles what an output depends on at
 * most, and chance repeats some pairs: twice log₂(dimensions) layers let every output depend on every input.
 */
export const drawTurn = (rng: Rng, dimensions: number): ((vector: Float64Array) => void) => {
  let layers = 2
  for (let reached = 2; reached < dimensions; reached *= 2) layers += 2
  const pairs = Array.from({ length: layers }, () => drawPairs(rng, dimensions)).flat()
  const axes = Uint32Array.from(pairs.flat())
  const angles = Float64Array.from(pairs, () => 2 * Math.PI * rng.uniform())
  const cosines = angles.map(cos)
  const sines = angles.map(sin)
  return (vector) => {
    for (let i = 0; i < angles.length; i++) {
      const a = axes[2 * i]!
      const b = axes[2 * i + 1]!
      const x = vector[a]!
      const y = vector[b]!
      vector[a] = cosines[i]! * x - sines[i]! * y
      vector[b] = sines[i]! * x + cosines[i]! * y
    }
  }
}

/** All dimensions in random pairs; with an odd number, one stays alone. */
const drawPairs = (rng: Rng, dimensions: number): [number, number][] => {
  const order = shuffled(
    rng,
    Array.from({ length: dimensions }, (_, axis) => axis),
  )
  return Array.from({ length: dimensions >> 1 }, (_, i) => [order[2 * i]!, order[2 * i + 1]!])
}

/** The same things in a drawn order (Fisher and Yates). */
export const shuffled = <T>(rng: Rng, things: readonly T[]): T[] => {
  const order = [...things]
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.below(i + 1)
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}
