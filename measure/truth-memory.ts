/**
 * Memory of exact truth: 1,000,000 rows, each in six versions at one time or another, asked by 64 queries, 256 deep and then, by one of
 * them, 16,384 deep. The vectors are made as they are read, so the peak is what the analysis holds.
 *
 *   node measure/truth-memory.ts
 */
import { oracleOf, rankingsOf } from '../harness/analysis/oracle.ts'
import type { View } from '../harness/analysis/view.ts'
import type { Windows } from '../harness/analysis/windows.ts'
import type { Vectors } from '../harness/model/index.ts'

const ROWS = 1_000_000
const VERSIONS = 6
const QUERIES = 64
const DIMENSIONS = 16

/** Numbers that look drawn: an integer hash of the place, scaled to [−1, 1). */
const made = (from: number, to: number): Float32Array => {
  const data = new Float32Array((to - from) * DIMENSIONS)
  for (let i = 0; i < data.length; i++) {
    const place = from * DIMENSIONS + i
    const mixed = Math.imul(place ^ (place >>> 15), 0x2c1b3c6d)
    data[i] = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39) / 2 ** 31
  }
  return data
}
const vectorsOf = (count: number): Vectors => ({
  count,
  dimensions: DIMENSIONS,
  at: (index) => made(index, index + 1),
  slice: made,
})

const count = ROWS * VERSIONS
const windows: Windows = {
  space: 0,
  count,
  start: Uint32Array.from({ length: ROWS + 1 }, (_, id) => id * VERSIONS),
  id: Uint32Array.from({ length: count }, (_, w) => Math.floor(w / VERSIONS)),
  version: Int32Array.from({ length: count }, (_, w) => w % VERSIONS),
  from: new Float64Array(count).fill(-Infinity),
  to: new Float64Array(count).fill(Infinity),
  op: new Int32Array(count).fill(-1),
}
const model = {
  dimensions: DIMENSIONS,
  vectors: vectorsOf(count),
  queries: vectorsOf(QUERIES),
}
const view = {
  run: { dataset: { rows: ROWS, revisions: VERSIONS, models: [model] } },
  trace: { meta: { metric: 'l2' } },
} as unknown as View

const megabytes = (): string => (process.resourceUsage().maxRSS / 1024).toFixed(0)
const before = megabytes()
const numbers = Array.from({ length: QUERIES }, (_, query) => query)
const rankings = rankingsOf(oracleOf(view, windows), 1, numbers, 256)
const shallow = megabytes()
rankings.deepen(0)
rankings.deepen(0)
console.log(
  `truth, memory: ${count} row-versions × ${DIMENSIONS} dimensions (${((count * DIMENSIONS * 4) / 2 ** 20).toFixed(0)} MB, never held), ` +
    `${QUERIES} queries: peak ${before} MB with the windows, ${shallow} MB ranked, ${megabytes()} MB with a ranking ${rankings.at(0).window.length} deep`,
)
