/**
 * Products of codes. A stored code is a byte, 128 more than what it stands for; the side that stored ones are multiplied with lies in planes.
 *
 * The relaxed dot product of WebAssembly SIMD, one instruction on newer processors, multiplies signed bytes with such of seven bits; what it makes of an eighth bit, the
 * host says once for all that it runs (Relaxed SIMD proposal: the same in all of an environment), so that it can be asked. Where it takes such bytes for unsigned ones
 * and their sums do not saturate, stored codes are multiplied as they are. Else it is what the codes stand for with the low seven bits of the planes' side, and with
 * its signs. Both give the same whole numbers.
 */
let isWhole: bool = takesWhole()

/** Of the largest products, which would saturate: by 255, or by −1 where the host takes it for that. */
function takesWhole(): bool {
  const ones = i8x16.splat(-1)
  const most = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(127), ones, i32x4.splat(0))
  const least = i32x4.relaxed_dot_i8x16_i7x16_add_s(i8x16.splat(-128), ones, i32x4.splat(0))
  return (
    i32x4.extract_lane(most, 0) == 4 * 127 * 255 && i32x4.extract_lane(least, 0) == -4 * 128 * 255
  )
}

/** For tests: from now on as on a host that takes seven bits only, whatever this one takes. */
export function takeSevenBits(): void {
  isWhole = false
}

/** Bytes of the planes of `n` codes: the codes, or their low seven bits; their signs, 1 for a negative one; four sums, with which every product begins. */
export function planeBytes(n: u32): u32 {
  return 2 * n + 16
}

/** Sixteen codes, signed, become those of the planes; `sum` of all before, and with them, for `endPlanes`. */
// @ts-ignore: decorator
@inline
export function storePlanes(codes: v128, at: usize, n: usize, sum: v128): v128 {
  if (isWhole) {
    v128.store(at, codes)
    return i32x4.relaxed_dot_i8x16_i7x16_add_s(codes, i8x16.splat(1), sum)
  }
  v128.store(at, v128.and(codes, i8x16.splat(127)))
  v128.store(at + n, i8x16.shr_u(codes, 7))
  return sum
}

/** Stored codes are 128 more than they stand for: so many times the sum of those here is taken from every product. */
// @ts-ignore: decorator
@inline
export function endPlanes(planes: usize, n: usize, sum: v128): void {
  v128.store(planes + 2 * n, i32x4.neg(i32x4.shl(sum, 7)))
}

/** Sixteen codes of the planes as they are stored. */
// @ts-ignore: decorator
@inline
export function storedOf(at: usize, n: usize): v128 {
  const codes = isWhole
    ? v128.load(at)
    : v128.or(v128.load(at), i8x16.shl(v128.load(at + n), 7))
  return v128.xor(codes, i8x16.splat(-128))
}

/** Sixteen stored codes as what they stand for. */
// @ts-ignore: decorator
@inline
export function signedOf(at: usize): v128 {
  return v128.xor(v128.load(at), i8x16.splat(-128))
}

/** The products, whole numbers, of the planes with the stored codes at a, b, c and d, `n` each, a multiple of 16. */
// @ts-ignore: decorator
@inline
export function products4(planes: usize, a: usize, b: usize, c: usize, d: usize, n: usize): v128 {
  return isWhole ? wholeProducts(planes, a, b, c, d, n) : splitProducts(planes, a, b, c, d, n)
}

/** By 32 where there are so many: eight sums, none of which waits for the one before. */
// @ts-ignore: decorator
@inline
function wholeProducts(planes: usize, a: usize, b: usize, c: usize, d: usize, n: usize): v128 {
  let a0 = v128.load(planes + 2 * n)
  let b0 = a0
  let c0 = a0
  let d0 = a0
  let a1 = i32x4.splat(0)
  let b1 = a1
  let c1 = a1
  let d1 = a1
  let i: usize = 0
  for (; i + 32 <= n; i += 32) {
    const low = v128.load(planes + i)
    const high = v128.load(planes + i, 16)
    a0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(low, v128.load(a + i), a0)
    b0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(low, v128.load(b + i), b0)
    c0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(low, v128.load(c + i), c0)
    d0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(low, v128.load(d + i), d0)
    a1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(high, v128.load(a + i, 16), a1)
    b1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(high, v128.load(b + i, 16), b1)
    c1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(high, v128.load(c + i, 16), c1)
    d1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(high, v128.load(d + i, 16), d1)
  }
  if (i < n) {
    const last = v128.load(planes + i)
    a0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(last, v128.load(a + i), a0)
    b0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(last, v128.load(b + i), b0)
    c0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(last, v128.load(c + i), c0)
    d0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(last, v128.load(d + i), d0)
  }
  return joined(i32x4.add(a0, a1), i32x4.add(b0, b1), i32x4.add(c0, c1), i32x4.add(d0, d1))
}

// @ts-ignore: decorator
@inline
function splitProducts(planes: usize, a: usize, b: usize, c: usize, d: usize, n: usize): v128 {
  let a0 = i32x4.splat(0)
  let b0 = a0
  let c0 = a0
  let d0 = a0
  let a1 = a0
  let b1 = a0
  let c1 = a0
  let d1 = a0
  for (let i: usize = 0; i < n; i += 16) {
    const low = v128.load(planes + i)
    const sign = v128.load(planes + n + i)
    const ai = signedOf(a + i)
    const bi = signedOf(b + i)
    const ci = signedOf(c + i)
    const di = signedOf(d + i)
    a0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(ai, low, a0)
    b0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(bi, low, b0)
    c0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(ci, low, c0)
    d0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(di, low, d0)
    a1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(ai, sign, a1)
    b1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(bi, sign, b1)
    c1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(ci, sign, c1)
    d1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(di, sign, d1)
  }
  return i32x4.sub(joined(a0, b0, c0, d0), i32x4.shl(joined(a1, b1, c1, d1), 7))
}

/** The sums of the four lanes of a, b, c and d. */
// @ts-ignore: decorator
@inline
function joined(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7))
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7))
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7))
}
