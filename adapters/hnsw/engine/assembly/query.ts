import {
  NODE,
  NODE_NORM,
  NODE_SCALE,
  PLANES,
  QUERY_CENTRED,
  QUERY_CODED,
  QUERY_METRIC,
  QUERY_NORM,
  QUERY_SCALE,
  VECTOR,
} from './context'
import { dot, lanes } from './distance'
import {
  CENTRE,
  CENTRED,
  CODE_BYTES,
  COSINE,
  codesOf,
  DIMENSIONS,
  IP,
  IP_OF_QUERY,
  METRIC,
  MOST_CODED,
  NORM,
  SCALE,
  tailOf,
  VECTOR_BYTES,
  vectorOf,
  word,
} from './layout'
import { endPlanes, signedOf, storedOf, storePlanes } from './planes'

/** What codes reach up to: seven bits and a sign, so that products add up in 32 bits to 4,096 dimensions and far beyond. */
const REACH: f32 = 127

/** Below this a vector counts as one of zeros in its codes: its products vanish in floats, and the inverse of its scale would not be one. */
const LEAST: f32 = 1e-30

/** Makes a query of the vector that lies in the context: to length one under cosine, then its codes. */
export function prepareQuery(c: usize): void {
  const vector: usize = load<u32>(c, VECTOR)
  const bytes: usize = word(VECTOR_BYTES)
  for (let at = vector + (word(DIMENSIONS) << 2); at < vector + bytes; at += 4) store<f32>(at, 0)
  if (word(METRIC) == COSINE) normalize(vector, bytes)
  encode(c)
}

/** Makes a query of a stored vector, as exact as of the row that it was. */
export function queryOfVector(c: usize, slot: u32): void {
  memory.copy(load<u32>(c, VECTOR), vectorOf(slot), word(VECTOR_BYTES))
  encode(c)
}

/** Codes are of what a vector has more than the centre. */
export function encode(c: usize): void {
  // Before the centre is read: what moves meanwhile is known by it.
  store<u32>(c, atomic.load<u32>(CENTRED), QUERY_CENTRED)
  const metric = word(METRIC)
  const vector: usize = load<u32>(c, VECTOR)
  const centre: usize = word(CENTRE)
  const bytes: usize = word(VECTOR_BYTES)
  encodeFrom(c, centre)
  store<u32>(c, metric, QUERY_METRIC)
  if (metric == IP) return store<f32>(c, asideOf(centre, vector, bytes), QUERY_NORM)
  // In this order: the square of a small scale is none.
  const scale = load<f32>(c, QUERY_SCALE)
  const norm = scale * (scale * <f32>load<u32>(c, QUERY_CODED))
  store<f32>(c, norm + moreOf(vector, bytes), QUERY_NORM)
}

/**
 * Codes of a query under ip that nothing is linked by. It need not be where the rows are, so its codes count from the origin: q·x = q·(x − c) + q·c, whose last part
 * stands in the place of a norm.
 */
export function encodeQuery(c: usize): void {
  const vector: usize = load<u32>(c, VECTOR)
  const centre: usize = word(CENTRE)
  const bytes: usize = word(VECTOR_BYTES)
  encodeFrom(c, centre + 2 * bytes)
  store<u32>(c, IP_OF_QUERY, QUERY_METRIC)
  store<f32>(c, dot(vector, centre, bytes), QUERY_NORM)
}

/** Planes and scale of what the vector in the context has more than that at `from`. */
// @ts-ignore: decorator
@inline
function encodeFrom(c: usize, from: usize): void {
  const vector: usize = load<u32>(c, VECTOR)
  const planes: usize = load<u32>(c, PLANES)
  const n: usize = word(CODE_BYTES)
  const most = farthestFrom(from, vector, word(VECTOR_BYTES))
  const per = f32x4.splat(most >= LEAST ? REACH / most : 0)
  let sum = i32x4.splat(0)
  let codes = i32x4.splat(0)
  for (let i: usize = 0; i < n; i += 16) {
    const low = coded(vector + (i << 2), from + (i << 2), per)
    const high = coded(vector + (i << 2) + 32, from + (i << 2) + 32, per)
    codes = storePlanes(i8x16.narrow_i16x8_s(low, high), planes + i, n, codes)
    sum = i32x4.add(sum, i32x4.add(i32x4.dot_i16x8_s(low, low), i32x4.dot_i16x8_s(high, high)))
  }
  endPlanes(planes, n, codes)
  store<f32>(c, most >= LEAST ? most / REACH : 0, QUERY_SCALE)
  const two = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1))
  store<u32>(c, i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1), QUERY_CODED)
}

/** c·x − |c|² / 2: with x·y from the centre, those of two vectors add up to their product from the origin. */
function asideOf(centre: usize, vector: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0)
  for (let i: usize = 0; i < bytes; i += 16) {
    const from = v128.load(centre + i)
    const half = f32x4.mul(from, f32x4.splat(0.5))
    sum = f32x4.add(sum, f32x4.mul(from, f32x4.sub(v128.load(vector + i), half)))
  }
  return lanes(sum)
}

/**
 * A norm, but under ip, is |x|² of the vector that the codes stand for: distances by codes are then those of two points, however far both lie from the origin.
 * Under cosine a vector of zeros has 1 more, so that it is as far from everything as a right angle is.
 */
// @ts-ignore: decorator
@inline
function moreOf(vector: usize, bytes: usize): f32 {
  return word(METRIC) == COSINE && isZero(vector, bytes) ? 1 : 0
}

/** Stores the query in the context as the vector and codes of a node. */
export function storeVector(c: usize, slot: u32): void {
  memory.copy(vectorOf(slot), load<u32>(c, VECTOR), word(VECTOR_BYTES))
  storeCodes(c, slot)
}

/** The codes of the query become those of a node. */
export function storeCodes(c: usize, slot: u32): void {
  const planes: usize = load<u32>(c, PLANES)
  const codes = codesOf(slot)
  const n: usize = word(CODE_BYTES)
  for (let i: usize = 0; i < n; i += 16) v128.store(codes + i, storedOf(planes + i, n))
  const tail = tailOf(slot)
  // The sign of a scale is the node's state.
  const state = load<u32>(tail, SCALE) & 0x80000000
  store<u32>(tail, load<u32>(c, QUERY_SCALE) | state, SCALE)
  store<f32>(tail, load<f32>(c, QUERY_NORM), NORM)
  store<u32>(MOST_CODED, max(word(MOST_CODED), load<u32>(c, QUERY_CODED)))
}

/** Eight floats, from the centre, as integers of 16 bits. */
// @ts-ignore: decorator
@inline
function coded(from: usize, centre: usize, per: v128): v128 {
  const one = f32x4.sub(v128.load(from), v128.load(centre))
  const two = f32x4.sub(v128.load(from, 16), v128.load(centre, 16))
  return i16x8.narrow_i32x4_s(nearest(f32x4.mul(one, per)), nearest(f32x4.mul(two, per)))
}

/** The nearest whole numbers of such that are far below 2²²: what a float of 2²³ and a half more keeps of them is that. */
// @ts-ignore: decorator
@inline
function nearest(x: v128): v128 {
  const large = f32x4.splat(12582912)
  return i32x4.sub(f32x4.add(x, large), large)
}

/** Makes a node the one that others are measured from. */
export function measureFrom(c: usize, slot: u32): void {
  const codes = codesOf(slot)
  const planes: usize = load<u32>(c, NODE)
  const n: usize = word(CODE_BYTES)
  let sum = i32x4.splat(0)
  for (let i: usize = 0; i < n; i += 16) sum = storePlanes(signedOf(codes + i), planes + i, n, sum)
  endPlanes(planes, n, sum)
  store<f32>(c, abs(load<f32>(tailOf(slot), SCALE)), NODE_SCALE)
  store<f32>(c, load<f32>(tailOf(slot), NORM), NODE_NORM)
}

/** A vector of zeros stays one: its cosine with everything is taken as 0. In doubles: squares of large floats overflow, and those of small ones vanish. */
function normalize(vector: usize, bytes: usize): void {
  let a = f64x2.splat(0)
  let b = a
  let c = a
  let d = a
  for (let i: usize = 0; i < bytes; i += 32) {
    a = withSquare(a, vector + i)
    b = withSquare(b, vector + i + 8)
    c = withSquare(c, vector + i + 16)
    d = withSquare(d, vector + i + 24)
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d))
  const squared = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
  if (squared == 0) return
  const per = f64x2.splat(1 / sqrt<f64>(squared))
  for (let at = vector; at < vector + bytes; at += 8) {
    const two = f64x2.mul(twoOf(at), per)
    v128.store_lane<u64>(at, f32x4.demote_f64x2_zero(two), 0)
  }
}

// @ts-ignore: decorator
@inline
function twoOf(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load_zero<u64>(at))
}

// @ts-ignore: decorator
@inline
function withSquare(sum: v128, at: usize): v128 {
  const two = twoOf(at)
  return f64x2.add(sum, f64x2.mul(two, two))
}

/** Are all components 0, or −0? */
function isZero(vector: usize, bytes: usize): bool {
  let some = f32x4.splat(0)
  for (let i: usize = 0; i < bytes; i += 16) some = v128.or(some, v128.load(vector + i))
  return !v128.any_true(f32x4.abs(some))
}

/** The largest component of the difference, by size. */
export function farthestFrom(centre: usize, vector: usize, bytes: usize): f32 {
  let a = f32x4.splat(0)
  let b = a
  let c = a
  let d = a
  for (let i: usize = 0; i < bytes; i += 64) {
    a = farther(a, centre + i, vector + i)
    b = farther(b, centre + i + 16, vector + i + 16)
    c = farther(c, centre + i + 32, vector + i + 32)
    d = farther(d, centre + i + 48, vector + i + 48)
  }
  const most = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d))
  const two = f32x4.pmax(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1))
  return max<f32>(f32x4.extract_lane(two, 0), f32x4.extract_lane(two, 1))
}

/** What is no number is not farther. */
// @ts-ignore: decorator
@inline
function farther(most: v128, centre: usize, vector: usize): v128 {
  return f32x4.pmax(most, f32x4.abs(f32x4.sub(v128.load(vector), v128.load(centre))))
}
