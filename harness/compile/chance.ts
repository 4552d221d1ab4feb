import { type Rng, stream } from '../model/index.ts'

/** A uniform permutation of 0 … n − 1 (Fisher–Yates, from the end). */
export const permutation = (n: number, rng: Rng): Uint32Array => {
  const order = Uint32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = rng.below(i + 1)
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}

/** Zipf weights with exponent 1, whole so that sums are exact: weight of rank r (from 0) is ⌊2^30 / (r + 1)⌋. */
export const zipfWeight = (rank: number): number => Math.floor(0x4000_0000 / (rank + 1))

/** Which thing is how popular: the rank of each of n, drawn once per scenario and seed. */
export const popularity = (n: number, seed: number, name: string): Uint32Array =>
  permutation(n, stream(seed, 'popularity', name))
