/**
 * Exact truth: 1,000 queries over 100,000 rows of 128 dimensions, 256 deep, on one core, as the analysis of a run takes it; then
 * every place held against plain float64 brute force: same row, same distance to the bit.
 *
 *   node measure/truth.ts [metric …]
 */
import { distances, queryOf } from '../harness/analysis/distance.ts'
import { oracleOf, type Ranking } from '../harness/analysis/oracle.ts'
import type { View } from '../harness/analysis/view.ts'
import type { Windows } from '../harness/analysis/windows.ts'
import { type Metric, stream, type Vectors } from '../harness/model/index.ts'

const ROWS = 100_000
const QUERIES = 1_000
const DIMENSIONS = 128
const DEPTH = 256
/** Rows that stay in a core's cache. */
const BLOCK = 512
/** Queries that the scalar path is timed with. */
const TIMED = 100

/** Gaussian clusters, in an order of their own; the queries lie in the same ones. */
const clustered = (count: number, seed: number): Float32Array => {
  const rng = stream(seed, 'points')
  const place = stream(1, 'centres')
  const centres = Float32Array.from({ length: 300 * DIMENSIONS }, () => place.normal())
  const data = new Float32Array(count * DIMENSIONS)
  for (let row = 0; row < count; row++) {
    const centre = rng.below(300) * DIMENSIONS
    for (let i = 0; i < DIMENSIONS; i++) {
      data[row * DIMENSIONS + i] = centres[centre + i]! + 0.5 * rng.normal()
    }
  }
  return data
}

const rows = clustered(ROWS, 2)
const queries = clustered(QUERIES, 3)
const vectorsOf = (data: Float32Array): Vectors => ({
  count: data.length / DIMENSIONS,
  dimensions: DIMENSIONS,
  at: (index) => data.subarray(index * DIMENSIONS, (index + 1) * DIMENSIONS),
  slice: (from, to) => data.slice(from * DIMENSIONS, to * DIMENSIONS),
})

/** Rows that stand from before the run to after it. */
const standing: Windows = {
  space: 0,
  count: ROWS,
  start: Uint32Array.from({ length: ROWS + 1 }, (_, id) => id),
  id: Uint32Array.from({ length: ROWS }, (_, id) => id),
  version: new Int32Array(ROWS),
  from: new Float64Array(ROWS).fill(-Infinity),
  to: new Float64Array(ROWS).fill(Infinity),
  op: new Int32Array(ROWS).fill(-1),
}

const viewWith = (metric: Metric): View => {
  const model = { dimensions: DIMENSIONS, vectors: vectorsOf(rows), queries: vectorsOf(queries) }
  const dataset = { rows: ROWS, revisions: 1, models: [model] }
  return { run: { dataset }, trace: { meta: { metric } } } as unknown as View
}

/** As the definition says it, one number after the other. */
const plainDistance = (metric: Metric, query: number, row: number): number => {
  const q = query * DIMENSIONS
  const x = row * DIMENSIONS
  let sum = 0
  if (metric === 'l2') {
    for (let i = 0; i < DIMENSIONS; i++) {
      sum += (queries[q + i]! - rows[x + i]!) * (queries[q + i]! - rows[x + i]!)
    }
    return sum
  }
  for (let i = 0; i < DIMENSIONS; i++) sum += queries[q + i]! * rows[x + i]!
  return metric === 'ip' ? -sum : 1 - sum / (lengthsOfQueries[query]! * lengthsOfRows[row]!)
}

const plainLengths = (data: Float32Array): Float64Array =>
  Float64Array.from({ length: data.length / DIMENSIONS }, (_, row) => {
    let sum = 0
    for (let i = row * DIMENSIONS; i < (row + 1) * DIMENSIONS; i++) sum += data[i]! * data[i]!
    return Math.sqrt(sum)
  })
const lengthsOfRows = plainLengths(rows)
const lengthsOfQueries = plainLengths(queries)

/** Places of a ranking that plain brute force fills otherwise. */
const mismatches = (metric: Metric, query: number, { window, distance }: Ranking): number => {
  const all = Float64Array.from({ length: ROWS }, (_, row) => plainDistance(metric, query, row))
  const last = all.slice().sort()[DEPTH - 1]!
  const nearest: number[] = []
  all.forEach((d, row) => {
    if (d <= last) nearest.push(row)
  })
  nearest.sort((a, b) => all[a]! - all[b]! || a - b)
  let wrong = Math.abs(window.length - DEPTH)
  for (let i = 0; i < window.length; i++) {
    if (window[i] !== nearest[i] || !Object.is(distance[i], all[nearest[i]!])) wrong++
  }
  return wrong
}

/** Seconds of processor that some work takes, all threads together: what one core would need, whoever else uses the machine. */
const secondsOf = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000_000
}

/** Seconds that the float64 arithmetic of every query and row takes alone, block by block as the analysis does it. */
const scalarSeconds = (metric: Metric): number => {
  const every = Uint32Array.from({ length: BLOCK }, (_, row) => row)
  const out = new Float64Array(BLOCK + 4)
  const asked = Array.from({ length: TIMED }, (_, i) =>
    queryOf(queries.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS)),
  )
  const seconds = secondsOf(() => {
    for (let from = 0; from < ROWS; from += BLOCK) {
      const block = rows.subarray(from * DIMENSIONS, (from + BLOCK) * DIMENSIONS)
      const lengths = lengthsOfRows.subarray(from, from + BLOCK)
      const chosen = every.subarray(0, lengths.length)
      for (const query of asked) distances(metric, block, query, lengths, chosen, out)
    }
  })
  return (seconds * QUERIES) / TIMED
}

const wanted = process.argv.slice(2) as Metric[]
for (const metric of wanted.length > 0 ? wanted : (['l2', 'cosine', 'ip'] as const)) {
  const numbers = Array.from({ length: QUERIES }, (_, query) => query)
  let rankings: readonly Ranking[] = []
  const seconds = secondsOf(() => {
    rankings = oracleOf(viewWith(metric), standing).rank(1, numbers, DEPTH)
  })
  const peak = process.resourceUsage().maxRSS / 1024
  const scalar = scalarSeconds(metric)
  const wrong = rankings.reduce((sum, of, query) => sum + mismatches(metric, query, of), 0)
  console.log(
    `truth, ${metric}: ${QUERIES} queries × ${ROWS} rows × ${DIMENSIONS} dimensions in ${seconds.toFixed(2)} s of one core (bar 10 s); ` +
      `float64 arithmetic alone ${scalar.toFixed(2)} s, ${(scalar / seconds).toFixed(1)} × as long; ` +
      `${wrong} of ${QUERIES * DEPTH} places differ from plain brute force; ` +
      `peak ${peak.toFixed(0)} MB, vectors ${(rows.byteLength / 2 ** 20).toFixed(0)} MB of them`,
  )
}
