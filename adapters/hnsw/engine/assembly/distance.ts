import { COSINE, IP, IP_OF_QUERY, L2 } from './layout'
import { products4 } from './planes'

/**
 * Distances of four nodes at once from their codes: |q|² + |x|² − 2·s_q·s_x·(q·x) under l2, half of that under cosine (the vectors
 * being of length one); −s_q·s_x·(q·x) − |q|² − |x|² under ip, where what stands for squares of norms is what the centre takes from products (`encode`), and
 * without that of x if the query counts from the origin; in floats, none below 0 under l2 and cosine. a, b, c and d are addresses of `n` codes (a
 * multiple of 16), behind which a node's scale and norm stand; `planes` are those of the query's.
 */
// @ts-ignore: decorator
@inline
export function distances4(
  planes: usize,
  scale: f32,
  norm: f32,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  n: usize,
  metric: u32,
): v128 {
  const dot = f32x4.convert_i32x4_s(products4(planes, a, b, c, d, n))
  // Scale and norm stand together: two nodes' fill a vector.
  const ab = v128.load_lane<u64>(b + n, v128.load_zero<u64>(a + n), 1)
  const cd = v128.load_lane<u64>(d + n, v128.load_zero<u64>(c + n), 1)
  // The sign of a scale means something else.
  const scales = f32x4.abs(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6))
  const product = f32x4.mul(f32x4.mul(dot, scales), f32x4.splat(scale))
  if (metric == IP_OF_QUERY) return finite(f32x4.neg(f32x4.add(product, f32x4.splat(norm))))
  const norms = v128.shuffle<f32>(ab, cd, 1, 3, 5, 7)
  const sum = f32x4.add(f32x4.splat(norm), norms)
  if (metric == IP) return finite(f32x4.neg(f32x4.add(product, sum)))
  const squared = f32x4.max(f32x4.sub(sum, f32x4.add(product, product)), f32x4.splat(0))
  return finite(metric == COSINE ? f32x4.mul(squared, f32x4.splat(0.5)) : squared)
}

/** Where norms or products overflow, the farthest that a float can be: still a distance that a bound can be held against. */
// @ts-ignore: decorator
@inline
function finite(distances: v128): v128 {
  // The second if it is less than the first: what is no number is not.
  return v128.pmin<f32>(f32x4.splat(f32.MAX_VALUE), distances)
}

/**
 * The distance of two vectors of floats, `bytes` long, a multiple of 64: squared under l2, 1 − q·x under cosine, −q·x under ip. Infinite
 * only where the float nearest to it is.
 */
export function distance(q: usize, x: usize, bytes: usize, metric: u32): f32 {
  if (metric == L2) return square(q, x, bytes)
  const product = dot(q, x, bytes)
  if (metric == COSINE) return max<f32>(1 - product, 0)
  return abs(product) < Infinity ? -product : -exactDot(q, x, bytes)
}

/** |q − x|² of such. */
// @ts-ignore: decorator
@inline
function square(q: usize, x: usize, bytes: usize): f32 {
  let a = f32x4.splat(0)
  let b = a
  let c = a
  let d = a
  for (let i: usize = 0; i < bytes; i += 64) {
    const da = f32x4.sub(v128.load(q + i), v128.load(x + i))
    const db = f32x4.sub(v128.load(q + i, 16), v128.load(x + i, 16))
    const dc = f32x4.sub(v128.load(q + i, 32), v128.load(x + i, 32))
    const dd = f32x4.sub(v128.load(q + i, 48), v128.load(x + i, 48))
    a = f32x4.add(a, f32x4.mul(da, da))
    b = f32x4.add(b, f32x4.mul(db, db))
    c = f32x4.add(c, f32x4.mul(dc, dc))
    d = f32x4.add(d, f32x4.mul(dd, dd))
  }
  return lanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)))
}

/** q·x of such. */
// @ts-ignore: decorator
@inline
export function dot(q: usize, x: usize, bytes: usize): f32 {
  let a = f32x4.splat(0)
  let b = a
  let c = a
  let d = a
  for (let i: usize = 0; i < bytes; i += 64) {
    a = f32x4.add(a, f32x4.mul(v128.load(q + i), v128.load(x + i)))
    b = f32x4.add(b, f32x4.mul(v128.load(q + i, 16), v128.load(x + i, 16)))
    c = f32x4.add(c, f32x4.mul(v128.load(q + i, 32), v128.load(x + i, 32)))
    d = f32x4.add(d, f32x4.mul(v128.load(q + i, 48), v128.load(x + i, 48)))
  }
  return lanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)))
}

/** q·x in doubles, for floats whose products overflow on the way to a sum that may not. */
function exactDot(q: usize, x: usize, bytes: usize): f32 {
  let sum: f64 = 0
  for (let i: usize = 0; i < bytes; i += 4) sum += <f64>load<f32>(q + i) * <f64>load<f32>(x + i)
  return <f32>sum
}

/** The sum of four lanes. */
// @ts-ignore: decorator
@inline
export function lanes(s: v128): f32 {
  const two = f32x4.add(s, v128.shuffle<f32>(s, s, 2, 3, 0, 1))
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1)
}

/** A float as an unsigned integer of the same order, negative ones too. */
// @ts-ignore: decorator
@inline
export function ordered(distance: f32): u32 {
  const bits = reinterpret<u32>(distance)
  return bits ^ (<u32>(<i32>bits >> 31) | 0x80000000)
}

/** The float that `ordered` made the integer of. */
// @ts-ignore: decorator
@inline
export function unordered(bits: u32): f32 {
  return reinterpret<f32>(bits ^ (<i32>bits < 0 ? 0x80000000 : 0xffffffff))
}

/** Four at once. */
// @ts-ignore: decorator
@inline
export function unordered4(bits: v128): v128 {
  const isNegative = i32x4.ge_s(bits, i32x4.splat(0))
  return v128.xor(bits, v128.or(i32x4.splat(0x80000000), isNegative))
}
