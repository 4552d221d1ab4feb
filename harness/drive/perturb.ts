import { mix32 } from '../model/index.ts'

/** Relative size of the perturbation that keeps a cache from answering a probe (definitions §2). */
export const PERTURBATION = 1e-4

/**
 * The vector plus a random direction of PERTURBATION times its length, drawn from `seed`; a copy without change where seed is 0.
 * The direction is uniform in the cube [−1, 1)ᵈ, scaled to the length wanted.
 */
export const perturbed = (vector: Float32Array, seed: number): Float32Array => {
  const moved = vector.slice()
  if (seed === 0) return moved
  let length = 0
  let size = 0
  for (let i = 0; i < vector.length; i++) {
    const step = mix32(seed + Math.imul(i, 0x9e3779b1)) / 0x80000000 - 1
    length += vector[i]! * vector[i]!
    size += step * step
  }
  const scale = PERTURBATION * Math.sqrt(length / size)
  for (let i = 0; i < vector.length; i++) {
    const step = mix32(seed + Math.imul(i, 0x9e3779b1)) / 0x80000000 - 1
    moved[i] = vector[i]! + scale * step
  }
  return moved
}
