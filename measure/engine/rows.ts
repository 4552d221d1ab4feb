/**
 * `node measure/engine/rows.ts [rows]`: the longest that one row had to wait for its place in the map of ids, over all sizes of the map: by the
 * clock, the least of three equal builds, since a host may stop any row. Rows of four dimensions without links, so that the map is what grows.
 */
import { createHnsw, type Parameters } from '../../adapters/hnsw/engine/index.ts'
import { machine } from '../machine.ts'

const ROWS = Number(process.argv[2] ?? 1_700_000)
const BUILDS = 3
const TOLD = 5
const PARAMETERS: Parameters = {
  dimensions: 4,
  metric: 'l2',
  m: 4,
  efConstruction: 8,
  seed: 1,
  selection: 'heuristic',
}

const vector = new Float32Array(PARAMETERS.dimensions)
const took = new Float64Array(ROWS).fill(Number.POSITIVE_INFINITY)
const before = process.cpuUsage()
for (let build = 0; build < BUILDS; build++) {
  const index = createHnsw(PARAMETERS, 'exact')
  for (let id = 0; id < ROWS; id++) {
    const began = performance.now()
    index.upsert(id, 0, vector)
    took[id] = Math.min(took[id]!, performance.now() - began)
  }
}
const { user, system } = process.cpuUsage(before)
const longest = [...took.keys()].sort((a, b) => took[b]! - took[a]!).slice(0, TOLD)
const each = (user + system) / BUILDS / ROWS
console.log(
  `${machine()}; ${ROWS} rows, ${each.toFixed(2)} µs of processor time each; the longest: ${longest.map((id) => `${took[id]!.toFixed(2)} ms (row ${id})`).join(', ')}`,
)
