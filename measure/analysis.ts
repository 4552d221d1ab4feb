/**
 * How long the exact analysis takes: 100,000 searches (500 distinct queries) over 30,000 live rows of 128 dimensions, 60,000
 * row-versions in all; once with writes answered in 2 ms, once with 2,000 writes in flight throughout.
 *
 *   node measure/analysis.ts [milliseconds a write takes …]
 */
import { oracleOf } from '../harness/analysis/oracle.ts'
import { truthFindings } from '../harness/analysis/truth.ts'
import { type View, viewOf } from '../harness/analysis/view.ts'
import { windowsOf } from '../harness/analysis/windows.ts'
import {
  type Dataset,
  DELETE,
  type History,
  NONE,
  OK,
  type OpColumns,
  type RunData,
  SEARCH,
  SECOND,
  stream,
  type TraceMeta,
  UPSERT,
  type Vectors,
} from '../harness/model/index.ts'

const ROWS = 60_000
const PRELOAD = 30_000
const QUERIES = 500
const DIMENSIONS = 128
const SEARCHES = 100_000
const WRITES = 2 * (ROWS - PRELOAD)
const SPAN = 60 * SECOND
const K = 10

/** 300 Gaussian clusters; the queries lie in the same ones. */
const clustered = (count: number, seed: number): Vectors => {
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
  const part = (from: number, to: number) => data.slice(from * DIMENSIONS, to * DIMENSIONS)
  return {
    count,
    dimensions: DIMENSIONS,
    at: (index) => part(index, index + 1),
    slice: part,
  }
}

const dataset: Dataset = {
  name: 'clustered',
  fingerprint: 'sha256:inline',
  rows: ROWS,
  revisions: 1,
  models: [
    {
      dimensions: DIMENSIONS,
      vectors: clustered(ROWS, 2),
      queries: clustered(QUERIES, 3),
    },
  ],
  cluster: () => 0,
  source: { kind: 'memory' },
}

/** Inserts and deletes alternate, evenly; deletes take the oldest rows; each write takes `took` microseconds. A search takes 5 ms. */
const runWith = (took: number): RunData => {
  const rng = stream(4, 'run')
  const drafts = [
    ...Array.from({ length: WRITES }, (_, i) => ({
      at: (i / WRITES) * SPAN,
      kind: i % 2 === 0 ? UPSERT : DELETE,
      id: i % 2 === 0 ? PRELOAD + i / 2 : (i - 1) / 2,
    })),
    ...Array.from({ length: SEARCHES }, () => ({
      at: rng.uniform() * SPAN,
      kind: SEARCH,
      id: rng.below(QUERIES),
    })),
  ].sort((a, b) => a.at - b.at)
  const count = drafts.length
  const isSearch = (i: number) => drafts[i]!.kind === SEARCH
  const rows = new Uint32Array(count + 1)
  const hits = new Uint32Array(count + 1)
  for (let i = 0; i < count; i++) {
    rows[i + 1] = rows[i]! + (isSearch(i) ? 0 : 1)
    hits[i + 1] = hits[i]! + (isSearch(i) ? K : 0)
  }
  const written = drafts.filter(({ kind }) => kind !== SEARCH)
  const at = Float64Array.from(drafts, (draft) => draft.at)
  const ops: OpColumns = {
    count,
    at,
    kind: Uint8Array.from(drafts, ({ kind }) => kind),
    space: new Uint8Array(count),
    phase: new Uint16Array(count),
    rows,
    ids: Uint32Array.from(written, ({ id }) => id),
    versions: new Uint32Array(written.length),
    query: Int32Array.from(drafts, ({ kind, id }) => (kind === SEARCH ? id : NONE)),
    model: Uint8Array.from(drafts, ({ kind }) => (kind === SEARCH ? 1 : 0)),
    k: new Uint32Array(count).fill(K),
    effort: new Int32Array(count).fill(NONE),
    perturb: new Uint32Array(count),
    expect: new Uint8Array(count),
    watch: new Uint8Array(count),
    exact: new Uint8Array(count),
    of: new Int32Array(count).fill(NONE),
    checkpoint: new Int32Array(count).fill(NONE),
    action: new Uint8Array(count),
  }
  const history: History = {
    count,
    op: Uint32Array.from({ length: count }, (_, i) => i),
    sent: at,
    done: at.map((sent, i) => sent + (isSearch(i) ? 5_000 : took)),
    outcome: new Uint8Array(count).fill(OK),
    via: new Uint8Array(count),
    space: new Uint8Array(count),
    model: ops.model,
    hits,
    hitIds: new Uint32Array(SEARCHES * K),
    hitVersions: new Int32Array(SEARCHES * K),
    refused: new Uint32Array(count + 1),
    refusedIds: new Uint32Array(0),
    error: new Int32Array(count).fill(-1),
    errors: [],
    until: SPAN,
    closed: true,
    interrupted: false,
  }
  const phase = { name: 'churn', measured: true, from: 0, to: SPAN, probeRate: 0 }
  const meta = {
    metric: 'l2',
    preload: PRELOAD,
    revisions: 1,
    dimensions: [DIMENSIONS],
    spaces: [{ model: 1 }],
    phases: [phase],
    checkpoints: [],
    scenario: { reembed: null },
  } as unknown as TraceMeta
  return { trace: { meta, ops }, history, after: null, dataset } as unknown as RunData
}

/** Fills in what an engine would answer that sees a write when it is sent and misses one neighbour in twenty. */
const answer = (view: View): void => {
  const rng = stream(5, 'answers')
  const { ops } = view.trace
  const oracle = oracleOf(view, windowsOf(view, 0))
  const queries = Array.from({ length: QUERIES }, (_, query) => query)
  const rankings = oracle.rank(1, queries, 1_000)
  const { id } = oracle.windows
  const sentOf = (row: number, place: number): number =>
    view.writesOf(0, row).at(place)?.sent ?? Infinity
  const from = Float64Array.from({ length: ROWS }, (_, row) =>
    row < PRELOAD ? -Infinity : sentOf(row, 0),
  )
  const to = Float64Array.from({ length: ROWS }, (_, row) =>
    row < PRELOAD ? sentOf(row, 0) : Infinity,
  )
  for (let op = 0; op < ops.count; op++) {
    if (ops.kind[op] !== SEARCH) continue
    const at = ops.at[op]!
    let hit = view.history.hits[op]!
    for (const window of rankings[ops.query[op]!]!.window) {
      const row = id[window]!
      if (from[row]! > at || to[row]! < at || rng.below(20) === 0) continue
      view.history.hitIds[hit++] = row
      if (hit === view.history.hits[op + 1]) break
    }
  }
}

const durations = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [2, 2_000]
for (const took of durations) {
  const run = runWith(took * 1_000)
  answer(viewOf(run))
  const started = performance.now()
  const { recall } = truthFindings(viewOf(run), []).whole
  const seconds = (performance.now() - started) / 1_000
  const peak = process.resourceUsage().maxRSS / 1024
  const { low, high, searches } = recall!.live
  console.log(
    `writes take ${took} ms: ${searches} searches in ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MB; ` +
      `recall ${low!.toFixed(4)} … ${high!.toFixed(4)}`,
  )
}
