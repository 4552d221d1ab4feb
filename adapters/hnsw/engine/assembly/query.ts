import { CODES, NODE, NODE_NORM, NODE_SCALE, QUERY_NORM, QUERY_SCALE, VECTOR } from './context'
import {
  block,
  CODE_BYTES,
  COSINE,
  codesOf,
  DIMENSIONS,
  L2,
  METRIC,
  NORM,
  SCALE,
  tailOf,
  VECTOR_AT,
  VECTOR_BYTES,
  word,
} from './layout'

/** What a query's codes reach up to: twelve bits and a sign, so that products with codes of eight bits add up in 32 bits to 4,096 dimensions. */
const QUERY_REACH: f32 = 2047
const NODE_REACH: f32 = 127

/** Makes a query of the vector that lies in the context: to length one under cosine, then its codes. */
export function prepareQuery(c: usize): void {
  const vector = load<u32>(c, VECTOR)
  const n = word(DIMENSIONS)
  for (let at: usize = vector + (n << 2); at < vector + word(VECTOR_BYTES); at += 4)
    store<f32>(at, 0)
  if (word(METRIC) == COSINE) normalize(vector, n)
  const codes = load<u32>(c, CODES)
  const scale = largest(vector, n) / QUERY_REACH
  const per: f32 = scale > 0 ? 1 / scale : 0
  for (let i: u32 = 0; i < word(CODE_BYTES); i++) {
    const x: f32 = i < n ? load<f32>(vector + (i << 2)) : 0
    store<i16>(codes + (i << 1), <i16>nearest<f32>(x * per))
  }
  store<f32>(c, scale, QUERY_SCALE)
  store<f32>(c, word(METRIC) == L2 ? square(vector, n) : 0, QUERY_NORM)
}

/** Stores the query in the context as the vector and codes of a node. */
export function storeVector(c: usize, slot: u32): void {
  const vector = load<u32>(c, VECTOR)
  const n = word(DIMENSIONS)
  memory.copy(block(slot) + word(VECTOR_AT), vector, word(VECTOR_BYTES))
  const scale = largest(vector, n) / NODE_REACH
  const per: f32 = scale > 0 ? 1 / scale : 0
  const codes = codesOf(slot)
  for (let i: u32 = 0; i < word(CODE_BYTES); i++) {
    const x: f32 = i < n ? load<f32>(vector + (i << 2)) : 0
    store<i8>(codes + i, <i8>nearest<f32>(x * per))
  }
  const tail = tailOf(slot)
  store<f32>(tail, scale, SCALE)
  store<f32>(tail, load<f32>(c, QUERY_NORM), NORM)
}

/** Makes a stored vector the query of the context. */
export function queryOfNode(c: usize, slot: u32): void {
  memory.copy(load<u32>(c, VECTOR), block(slot) + word(VECTOR_AT), word(VECTOR_BYTES))
  const codes = load<u32>(c, CODES)
  widen(codesOf(slot), codes)
  store<f32>(c, load<f32>(tailOf(slot), SCALE), QUERY_SCALE)
  store<f32>(c, load<f32>(tailOf(slot), NORM), QUERY_NORM)
}

/** Makes a node the one that others are measured from. */
export function measureFrom(c: usize, slot: u32): void {
  widen(codesOf(slot), load<u32>(c, NODE))
  store<f32>(c, load<f32>(tailOf(slot), SCALE), NODE_SCALE)
  store<f32>(c, load<f32>(tailOf(slot), NORM), NODE_NORM)
}

function widen(codes: usize, into: usize): void {
  for (let i: usize = 0; i < word(CODE_BYTES); i += 8) {
    v128.store(into + (i << 1), v128.load_ext<i8>(codes + i))
  }
}

/** A vector of zeros stays one: its cosine with everything is taken as 0. */
function normalize(vector: usize, n: u32): void {
  // In doubles: squares of large floats overflow, and those of small ones vanish.
  let sum: f64 = 0
  for (let i: u32 = 0; i < n; i++) {
    const x: f64 = load<f32>(vector + (i << 2))
    sum += x * x
  }
  if (sum == 0) return
  const per = 1 / sqrt<f64>(sum)
  for (let i: u32 = 0; i < n; i++) {
    const at = vector + (i << 2)
    store<f32>(at, <f32>(<f64>load<f32>(at) * per))
  }
}

function largest(vector: usize, n: u32): f32 {
  let most: f32 = 0
  for (let i: u32 = 0; i < n; i++) most = max<f32>(most, abs<f32>(load<f32>(vector + (i << 2))))
  return most
}

function square(vector: usize, n: u32): f32 {
  let sum: f32 = 0
  for (let i: u32 = 0; i < n; i++) {
    const x = load<f32>(vector + (i << 2))
    sum += x * x
  }
  return sum
}
