import type { Dataset } from '../../harness/model/index.ts'
import { type KnownRun, playKnown } from './known-run.ts'

const MISSING = 0.05
const K = 10
const SCENARIO = `
name: drift
dataset: { name: clustered, rows: 6000, dimensions: 16, queries: 200 }
metric: l2
k: ${K}
index: { kind: hnsw }
preload: 2000
phases:
  - name: churn
    for: 33s
    writes: { rate: 120/s, mix: { insert: 50, delete: 50 }, rest: 1s }
    searches: { rate: 200/s }
`

/** For each query, the ids of its k nearest rows among the first `count`: a ground-truth file, made once. */
const groundTruth = (dataset: Dataset, count: number): Set<number>[] => {
  const { vectors, queries } = dataset.models[0]!
  return Array.from({ length: queries.count }, (_, q) => {
    const query = queries.at(q).slice()
    const far = Array.from({ length: count }, (_, id) => {
      const row = vectors.at(id)
      let sum = 0
      for (let i = 0; i < row.length; i++) sum += (row[i]! - query[i]!) ** 2
      return { id, sum }
    })
    return new Set(
      far
        .sort((a, b) => a.sum - b.sum)
        .slice(0, K)
        .map(({ id }) => id),
    )
  })
}

/** The same answers, held against the file: mean recall of the searches sent in [from, to) seconds. */
const againstFile = ({ run, dataset }: KnownRun, from: number, to: number): number => {
  const { ops, meta } = run.trace
  const truth = groundTruth(dataset, meta.preload)
  const { history } = run
  let sum = 0
  let searches = 0
  for (let event = 0; event < history.count; event++) {
    const op = history.op[event]!
    const at = ops.at[op]! / 1e6
    if (ops.query[op]! < 0 || at < from || at >= to) continue
    const near = truth[ops.query[op]!]!
    const ids = history.hitIds.slice(history.hits[event]!, history.hits[event + 1]!)
    sum += [...ids].filter((id) => near.has(id)).length / K
    searches += 1
  }
  return sum / searches
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** What recall is said to be while rows change, by an engine that does not drift: lines of a Markdown table. */
export const drift = async (): Promise<string[]> => {
  const known = await playKnown(SCENARIO, { missing: MISSING })
  const { bins } = known.findings.recall!
  const truth = (1 - (MISSING * (K - 1)) / K).toFixed(3)
  const bracket = (from: number, to: number) => {
    const inside = bins.filter(({ t }) => t >= from && t < to)
    const [low, high] = [
      meanOf(inside.map(({ low }) => low!)),
      meanOf(inside.map(({ high }) => high!)),
    ]
    return `${low.toFixed(3)} … ${high.toFixed(3)}`
  }
  const { value, low, high } = known.findings.drift!.slopePerTurnover ?? {}
  const file = [0, 14, 28].map((from) => againstFile(known, from, from + 5).toFixed(3))
  const slope =
    value == null ? '–' : `${value.toFixed(4)} (${low?.toFixed(4)} … ${high?.toFixed(4)})`
  return [
    '| recall@10 against | 0 – 5 s | 14 – 19 s | 28 – 33 s | said to drift, per turnover |',
    '|---|---|---|---|---|',
    `| **what is known of the engine (truth)** | ${truth} | ${truth} | ${truth} | 0 |`,
    `| driftmark: the rows live at each search | ${bracket(0, 5)} | ${bracket(14, 19)} | ${bracket(28, 33)} | ${slope} |`,
    `| a ground-truth file, made before the run | ${file.join(' | ')} | not said |`,
  ]
}
