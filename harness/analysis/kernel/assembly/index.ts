/** Rows of one block against four queries at a time, in float32: which of them can be near enough to be worth float64. */

/**
 * For each row r and each of four queries, closeness e = −Σ (q − x)² (`squared`) or Σ q·x; the row is kept for that query unless
 * e + tilt · length(r) < floor. A comparison with NaN keeps it. Queries and rows lie back to back, `stride` bytes each, a
 * multiple of 16, zeros behind the last dimension. Rows are taken in pairs: where `count` is odd, one row more is read.
 *
 * Each of four partial sums takes stride / 16 terms; two additions join them.
 *
 * `tilts`, `floors`: four floats, one a query. `lengths`: one float a row. `kept`: four lists of up to `count` row numbers,
 * one behind the other. `counts`: how many there are in each.
 */
export function sift(
  squared: bool,
  rows: usize,
  count: u32,
  queries: usize,
  stride: usize,
  lengths: usize,
  tilts: usize,
  floors: usize,
  kept: usize,
  counts: usize,
): void {
  const tilt = v128.load(tilts)
  const floor = v128.load(floors)
  v128.store(counts, i32x4.splat(0))
  for (let row: u32 = 0; row < count; row += 2) {
    let a0 = f32x4.splat(0)
    let b0 = a0
    let c0 = a0
    let d0 = a0
    let a1 = a0
    let b1 = a0
    let c1 = a0
    let d1 = a0
    let x = rows + usize(row) * stride
    const end = x + stride
    let a = queries
    let b = a + stride
    let c = b + stride
    let d = c + stride
    if (squared) {
      for (; x < end; x += 16, a += 16, b += 16, c += 16, d += 16) {
        const x0 = v128.load(x)
        const x1 = v128.load(x + stride)
        const q = v128.load(a)
        a0 = minusSquare(a0, q, x0)
        a1 = minusSquare(a1, q, x1)
        const r = v128.load(b)
        b0 = minusSquare(b0, r, x0)
        b1 = minusSquare(b1, r, x1)
        const s = v128.load(c)
        c0 = minusSquare(c0, s, x0)
        c1 = minusSquare(c1, s, x1)
        const t = v128.load(d)
        d0 = minusSquare(d0, t, x0)
        d1 = minusSquare(d1, t, x1)
      }
    } else {
      for (; x < end; x += 16, a += 16, b += 16, c += 16, d += 16) {
        const x0 = v128.load(x)
        const x1 = v128.load(x + stride)
        const q = v128.load(a)
        a0 = f32x4.add(a0, f32x4.mul(q, x0))
        a1 = f32x4.add(a1, f32x4.mul(q, x1))
        const r = v128.load(b)
        b0 = f32x4.add(b0, f32x4.mul(r, x0))
        b1 = f32x4.add(b1, f32x4.mul(r, x1))
        const s = v128.load(c)
        c0 = f32x4.add(c0, f32x4.mul(s, x0))
        c1 = f32x4.add(c1, f32x4.mul(s, x1))
        const t = v128.load(d)
        d0 = f32x4.add(d0, f32x4.mul(t, x0))
        d1 = f32x4.add(d1, f32x4.mul(t, x1))
      }
    }
    judge(row, count, joined(a0, b0, c0, d0), lengths, tilt, floor, kept, counts)
    if (row + 1 < count) {
      judge(row + 1, count, joined(a1, b1, c1, d1), lengths, tilt, floor, kept, counts)
    }
  }
}

function minusSquare(sum: v128, q: v128, x: v128): v128 {
  const difference = f32x4.sub(q, x)
  return f32x4.sub(sum, f32x4.mul(difference, difference))
}

/** The sums of the four lanes of a, b, c and d. */
function joined(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7))
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7))
}

/** Notes the row for those of the four queries that keep it. */
function judge(
  row: u32,
  count: u32,
  closeness: v128,
  lengths: usize,
  tilt: v128,
  floor: v128,
  kept: usize,
  counts: usize,
): void {
  const length = v128.load_splat<f32>(lengths + row * 4)
  const far = f32x4.lt(f32x4.add(closeness, f32x4.mul(tilt, length)), floor)
  if (i32x4.all_true(far)) return
  const near = ~i32x4.bitmask(far)
  for (let lane: u32 = 0; lane < 4; lane++) {
    if (!(near & (1 << lane))) continue
    const size = load<u32>(counts + lane * 4)
    store<u32>(kept + (lane * count + size) * 4, row)
    store<u32>(counts + lane * 4, size + 1)
  }
}
