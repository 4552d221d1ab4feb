/**
 * Chance and transcendental functions with the same bits on every machine.
 * ECMAScript leaves Math.log, Math.cos and friends to the implementation; a trace hash may not depend on it.
 */
export interface Rng {
  /** A 32-bit unsigned integer. */
  uint32(): number
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number
  /** Uniform integer in [0, n). */
  below(n: number): number
  /** Standard normal, by Box–Muller. */
  normal(): number
  /** Exponential with mean 1. */
  exponential(): number
}

/** A stream named by a seed and a path of labels: streams of different names are independent of each other. */
export const stream = (seed: number, ...name: readonly (string | number)[]): Rng => {
  const state = seedState(seed, name.join('/'))
  return xoshiro128(state)
}

/** FNV-1a over the name's UTF-16 units, folded with the seed, spread by splitmix32. */
const seedState = (seed: number, name: string): Uint32Array => {
  let hash = 0x811c9dc5
  for (let i = 0; i < name.length; i++) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0
  }
  let z = (hash ^ Math.imul(seed >>> 0, 0x9e3779b1) ^ Math.floor(seed / 0x1_0000_0000)) >>> 0
  const state = new Uint32Array(4)
  for (let i = 0; i < 4; i++) {
    z = (z + 0x9e3779b9) >>> 0
    state[i] = mix32(z)
  }
  if (state.every((word) => word === 0)) state[0] = 1
  return state
}

/** The finaliser of splitmix32 / murmur3: a bijection of 32-bit words that spreads every bit. */
export const mix32 = (word: number): number => {
  let z = word >>> 0
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
  return (z ^ (z >>> 16)) >>> 0
}

/** xoshiro128** 1.1 (Blackman and Vigna, 2018). */
const xoshiro128 = (s: Uint32Array): Rng => {
  let a = s[0]!
  let b = s[1]!
  let c = s[2]!
  let d = s[3]!
  let spare = Number.NaN
  const uint32 = (): number => {
    const x = Math.imul(b, 5)
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d << 11) | (d >>> 21)
    return result
  }
  const uniform = (): number => ((uint32() >>> 5) * 0x4000000 + (uint32() >>> 6)) / 0x20000000000000
  return {
    uint32,
    uniform,
    below: (n) => Math.floor(uniform() * n),
    normal: () => {
      if (!Number.isNaN(spare)) {
        const kept = spare
        spare = Number.NaN
        return kept
      }
      const radius = Math.sqrt(-2 * ln(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare = radius * sin(angle)
      return radius * cos(angle)
    },
    exponential: () => -ln(1 - uniform()),
  }
}

const LN2 = Math.LN2
const view = new DataView(new ArrayBuffer(8))

/** Natural logarithm of a positive finite number, by atanh series after range reduction; within 2 ulp, same bits everywhere. */
export const ln = (x: number): number => {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN
  if (x === Infinity) return Infinity
  let exponent = 0
  let value = x
  if (value < 2.2250738585072014e-308) {
    value *= 0x20000000000000
    exponent -= 53
  }
  view.setFloat64(0, value)
  const high = view.getUint32(0)
  exponent += ((high >>> 20) & 0x7ff) - 1023
  view.setUint32(0, (high & 0x800fffff) | 0x3ff00000)
  let m = view.getFloat64(0)
  if (m > Math.SQRT2) {
    m /= 2
    exponent += 1
  }
  const t = (m - 1) / (m + 1)
  const t2 = t * t
  let sum = 0
  for (let k = 21; k >= 1; k -= 2) sum = sum * t2 + 1 / k
  return 2 * t * sum + exponent * LN2
}

/** e to the x, by Taylor series after range reduction; same bits everywhere. */
export const exp = (x: number): number => {
  if (Number.isNaN(x)) return x
  if (x > 709.78) return Infinity
  if (x < -745.13) return 0
  const n = Math.floor(x / LN2 + 0.5)
  const r = x - n * LN2
  let sum = 1
  for (let k = 18; k >= 1; k--) sum = 1 + (r * sum) / k
  return n < -1022 ? sum * 2 ** (n + 100) * 2 ** -100 : sum * 2 ** n
}

/** Sine by Taylor series after reduction to a quarter turn; same bits everywhere; meant for |x| below some thousands. */
export const sin = (x: number): number => {
  const quarter = Math.floor(x / (Math.PI / 2) + 0.5)
  const r = x - quarter * (Math.PI / 2)
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return sinCore(r)
    case 1:
      return cosCore(r)
    case 2:
      return -sinCore(r)
    default:
      return -cosCore(r)
  }
}

/** Cosine; see `sin`. */
export const cos = (x: number): number => sin(x + Math.PI / 2)

const sinCore = (r: number): number => {
  const r2 = r * r
  let sum = 1
  for (let k = 19; k >= 3; k -= 2) sum = 1 - (sum * r2) / (k * (k - 1))
  return r * sum
}

const cosCore = (r: number): number => {
  const r2 = r * r
  let sum = 1
  for (let k = 18; k >= 2; k -= 2) sum = 1 - (sum * r2) / (k * (k - 1))
  return sum
}
