import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Metric, stream } from '../../model/index.ts'
import { distances, queryOf, squaredNorm } from '../distance.ts'
import { gamma } from './bound.ts'
import { sieveOf } from './index.ts'

const METRICS: readonly Metric[] = ['l2', 'cosine', 'ip']

const flat = (vectors: readonly (readonly number[])[]): Float32Array =>
  Float32Array.from(vectors.flat())

/** Float64 distances of every query to every row, and which rows a sieve keeps where the bound is the one at a place of the order. */
const sifted = (
  metric: Metric,
  queries: readonly (readonly number[])[],
  vectors: readonly (readonly number[])[],
  placeOfBound: number,
) => {
  const asked = queries.map((query) => queryOf(Float32Array.from(query)))
  const dimensions = queries[0]!.length
  const rows = flat(vectors)
  const lengths = Float64Array.from(vectors, (_, row) =>
    Math.sqrt(squaredNorm(rows, row * dimensions, dimensions)),
  )
  const sieve = sieveOf(metric)
  sieve.ask(asked)
  sieve.load(rows, lengths)
  const every = Uint32Array.from(vectors, (_, row) => row)
  return asked.map((query, i) => {
    const out = new Float64Array(vectors.length + 4)
    distances(metric, rows, query, lengths, every, out)
    const distance = out.slice(0, vectors.length)
    const bound = distance.slice().sort()[placeOfBound % vectors.length]!
    const first = i - (i % 4)
    const bounds = asked.slice(first, first + 4).map((_, lane) => (first + lane === i ? bound : 0))
    return { distance, bound, kept: new Set(sieve.sift(first, bounds)[i - first]) }
  })
}

const assertNoneLost = (...[metric, ...data]: Parameters<typeof sifted>): void => {
  for (const { distance, bound, kept } of sifted(metric, ...data)) {
    for (const [row, d] of distance.entries()) {
      assert.ok(!(d <= bound) || kept.has(row), `${metric}: row ${row} at ${d} <= ${bound} is lost`)
    }
  }
}

for (const metric of METRICS) {
  test(`${metric}: rows at the bound are kept, rows well beyond it are not`, () => {
    const queries = [[1, 0, 0]]
    const vectors = [
      [4, 0, 1],
      [1, 0, 0],
      [-1, 3, 0],
      [-9, 0, 9],
    ]
    const order = { l2: [1, 0, 2, 3], cosine: [1, 0, 2, 3], ip: [0, 1, 2, 3] }[metric]
    for (const [place, row] of order.entries()) {
      const [{ kept }] = sifted(metric, queries, vectors, place) as unknown as [
        { kept: Set<number> },
      ]
      assert.ok(kept.has(row))
      assert.deepEqual([...kept].sort(), order.slice(0, place + 1).sort())
    }
  })

  test(`${metric}: of ordinary rows few beyond the bound are kept`, () => {
    const rng = stream(3, metric)
    const points = (count: number) =>
      Array.from({ length: count }, () => Array.from({ length: 128 }, () => rng.normal()))
    for (const { distance, bound, kept } of sifted(metric, points(9), points(501), 40)) {
      const near = distance.filter((d) => d <= bound).length
      assert.ok(kept.size >= near && kept.size <= near + 5, `${kept.size} kept of ${near} near`)
    }
  })
}

/** A float32 beside another one, some units in the last place away. */
const beside = (x: number, units: number): number => {
  const float = Float32Array.of(x)
  new Int32Array(float.buffer)[0]! += units
  return Number.isFinite(float[0]) ? float[0]! : x
}

const ODD = [0, -0, 1, -1, 2 ** -149, 2 ** -126, 1e-30, 1e-19, 1e-10, 1e10, 1e18, 1e19, 1e25, 3e38]

/** Values of one sort for a whole case: ordinary ones, all powers of two, any float32, the ends of the range. */
const valuesOf = fc.constantFrom(
  fc.integer({ min: -3, max: 3 }),
  fc.float({ min: -1, max: 1, noNaN: true }),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -149, max: 127 }).map((power) => 2 ** power),
  fc.constantFrom(...ODD, ...ODD.map((x) => -x)).map(Math.fround),
)

const cases = fc
  .tuple(valuesOf, valuesOf, fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 31, 33))
  .chain(([ofQueries, ofRows, dimensions]) => {
    const vectors = (values: typeof ofRows, maxLength: number) =>
      fc.array(fc.array(values as fc.Arbitrary<number>, sized(dimensions)), {
        minLength: 1,
        maxLength,
      })
    return fc.record({
      queries: vectors(ofQueries, 6),
      rows: vectors(ofRows, 20),
      place: fc.nat(40),
      units: fc.array(fc.integer({ min: -2, max: 2 }), sized(dimensions)),
      scale: fc.integer({ min: -140, max: 120 }),
    })
  })

const sized = (length: number) => ({ minLength: length, maxLength: length })

for (const metric of METRICS) {
  test(`${metric}: no row within the bound is lost, whatever the values`, () => {
    fc.assert(
      fc.property(cases, ({ queries, rows, place }) => {
        assertNoneLost(metric, queries, rows, place)
      }),
      { numRuns: 1_000 },
    )
  })

  test(`${metric}: nor among duplicates and rows that differ in the last place, at any scale`, () => {
    fc.assert(
      fc.property(cases, ({ queries, rows, place, units, scale }) => {
        const scaled = rows.map((row) => row.map((x) => clamp(x * 2 ** scale)))
        const close = scaled.map((row) => row.map((x, i) => beside(x, units[i]!)))
        const turned = scaled.map((row) => row.map((x, i) => beside(x, -units[i]!)))
        assertNoneLost(metric, queries, [...scaled, ...close, ...scaled, ...turned], place)
        assertNoneLost(metric, [...scaled, ...close], [...turned, ...close, ...scaled], place)
      }),
      { numRuns: 1_000 },
    )
  })
}

const clamp = (x: number): number => Math.fround(Math.max(-3e38, Math.min(3e38, x)))

test('long vectors of one sign, whose roundings all go one way, are not lost', () => {
  const rng = stream(4, 'one sign')
  for (const dimensions of [129, 1_000, 4_099]) {
    const like = () =>
      Array.from({ length: dimensions }, () => Math.fround(1 + rng.uniform() / 999))
    const vectors = Array.from({ length: 40 }, like)
    for (const metric of METRICS) {
      for (const place of [0, 1, 10, 39]) {
        assertNoneLost(metric, [like(), vectors[0]!, like().map((x) => -x)], vectors, place)
      }
    }
  }
})

test('squares that underflow, each rounded up, do not push a row out', () => {
  const tiny = Array.from({ length: 8 }, () => 2.7e-23)
  assertNoneLost('l2', [tiny.map(() => 0)], [tiny], 0)
  assertNoneLost('ip', [tiny], [tiny.map((x) => -x), tiny], 1)
})

test('the bound of many roundings grows a little faster than they do, and ends where it says nothing', () => {
  assert.equal(gamma(0), 0)
  assert.ok(gamma(1) > 2 ** -24 && gamma(1) < 2 ** -23)
  assert.ok(gamma(1_000) > 1_000 * gamma(1))
  assert.equal(gamma(2 ** 24), Infinity)
})

test('a sieve serves blocks of different sizes, one after the other', () => {
  const queries = [[1, 2, 3, 4, 5]].map((query) => queryOf(Float32Array.from(query)))
  const sieve = sieveOf('l2')
  sieve.ask(queries)
  for (const count of [3, 70_000, 1]) {
    const rows = new Float32Array(5 * count).fill(9)
    rows.set([1, 2, 3, 4, 5], 5 * (count - 1))
    sieve.load(rows, new Float64Array(count).fill(1))
    assert.deepEqual([...sieve.sift(0, [0.5])[0]!], [count - 1])
  }
})
