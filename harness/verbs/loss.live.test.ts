import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Truth } from '../../adapters/sim/truth.ts'
import { openDataset } from '../../datasets/index.ts'
import { answerOf } from '../analysis/answer.ts'
import { lossFindings } from '../analysis/blame.ts'
import { probedWritesOf } from '../analysis/probed-writes.ts'
import { judgeSearches } from '../analysis/searches.ts'
import { viewOf } from '../analysis/view.ts'
import { probingOf } from '../analysis/visibility.ts'
import { compile, loadScenario } from '../compile/index.ts'
import { readRun } from '../drive/index.ts'
import { type Dataset, NONE } from '../model/index.ts'
import { ioIn } from './io.fixture.ts'
import { playTarget } from './play.ts'

/** Several causes at once, over real process and socket boundaries, held against the log that the sim keeps of every search. */
const SCENARIO = `
name: blame
about: A known engine that errs in several ways at once.
dataset: { name: uniform, rows: 2000, dimensions: 4, queries: 100, revisions: 1 }
metric: l2
k: 10
index: { kind: hnsw }
preload: 300
client: { timeout: 10s, inFlight: 20000, connections: 8 }
phases:
  - name: churn
    for: 5s
    writes: { rate: 120/s, mix: { insert: 2, update: 0, delete: 1 }, rest: 2s }
    searches: { rate: 80/s }
probes: { share: 60%, first: 1ms, growth: 1.3, deadline: 2s, cap: 1000%, watch: 0% }
`
const FLAWS = {
  delay: { bimodal: { fast: 1, slow: 700, share: 0.3 } },
  lost: 0.03,
  missing: 0.05,
  short: 0.02,
  ghosts: 0.15,
  returns: { share: 0.15, after: 100 },
}
const K = 10

type Search = Extract<Truth, { event: 'search' }>
interface Known {
  readonly short: number
  readonly crowdedOut: number
  readonly late: number
  readonly lost: number
  readonly index: number
}

const played = async (dir: string) => {
  const scenario = loadScenario('blame.yaml', () => SCENARIO, [])
  const dataset = await openDataset(scenario.dataset, scenario.metric, dir)
  const trace = compile(scenario, dataset, 1)
  const log = join(dir, 'truth.jsonl')
  const options = { ...FLAWS, log, logSearches: true }
  const target = { label: 'sim', adapter: 'sim', options, text: 'sim' }
  const folder = await playTarget({ trace, dataset, target, out: dir, command: 'test' }, ioIn(dir))
  const run = await readRun(folder)
  const searches = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Truth)
    .filter((line): line is Search => line.event === 'search' && line.via === 'search')
  return { view: viewOf({ ...run, dataset }), searches, dataset }
}

const distance = (dataset: Dataset, query: number, id: number): number => {
  const { vectors, queries } = dataset.models[0]!
  const row = vectors.at(id)
  return queries.at(query).reduce((sum, x, i) => sum + (x - row[i]!) ** 2, 0)
}

/** The log by definitions §3: empty places first; a row beyond a full answer that holds rows too many was crowded out, whatever hid it. */
const knownOf = (dataset: Dataset, query: number, { left, extra, returned }: Search): Known => {
  const short = Math.min(left.length, K - returned.length)
  const reach = Math.max(...returned.map((id) => distance(dataset, query, id)))
  const isBeyond = (id: number): boolean => extra.length > 0 && distance(dataset, query, id) > reach
  const own = left.filter(({ id, why }) => why !== 'crowdedOut' && !isBeyond(id))
  const count = (...whys: readonly string[]): number =>
    own.filter(({ why }) => whys.includes(why)).length
  return {
    short,
    crowdedOut: left.length - own.length,
    late: count('notYetVisible'),
    lost: count('lost'),
    index: count('missing', 'unreachable', 'flicker'),
  }
}

test('several causes at once: each missing neighbour is blamed on what the sim’s own log says', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-blame-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const { view, searches, dataset } = await played(dir)
  const table = judgeSearches(view, probedWritesOf(probingOf(view)))
  const { ops } = view.trace
  const origin = view.history.origin!
  const members: number[] = []
  const sum = { short: 0, crowdedOut: 0, late: 0, lost: 0, index: 0 }
  let wrong = 0
  for (let s = 0; s < table.count; s++) {
    const op = table.op[s]!
    // a write in flight leaves it open what the search should have returned
    if (ops.checkpoint[op] !== NONE || table.low[s] !== table.high[s]) continue
    const { ids, from, to } = answerOf(view, op)
    const same = searches.filter(
      ({ received, returned }) =>
        received >= from + origin && received <= to + origin && returned.join() === ids.join(),
    )
    const [line] = same
    assert.ok(line, `the sim knows nothing of search ${op}`)
    const known = knownOf(dataset, ops.query[op]!, line)
    if (Math.abs((1 - table.high[s]!) * K - line.left.length) > 1e-9) continue
    members.push(s)
    for (const cause of Object.keys(sum) as (keyof Known)[]) sum[cause] += known[cause]
    if (line.returned.length < K) continue
    if (Math.abs(table.crowdedOut.at(s) * K - known.crowdedOut) > 1e-9) wrong++
  }
  assert.ok(members.length > 0.9 * table.count, `${members.length} of ${table.count} are decided`)
  assert.ok(wrong <= 0.01 * members.length, `${wrong} searches with another number crowded out`)
  const found = lossFindings(table, members, true)
  const share = (count: number): number => count / members.length / K
  const told = JSON.stringify({ found, known: Object.entries(sum).map(([k, n]) => [k, share(n)]) })
  for (const count of Object.values(sum)) assert.ok(count > 0, told)
  const [low, high] = found.notYetVisible.ci95!
  const late = share(sum.late + sum.lost)
  assert.ok(Math.abs(found.short! - share(sum.short)) < 1e-9, told)
  // an empty place may have held any of the missing: so much the rest may be off
  const slack = share(sum.short) / 5
  assert.ok(Math.abs(found.crowdedOut! - share(sum.crowdedOut)) <= slack, told)
  assert.ok(low! - slack <= late && late <= high! + slack, told)
  const own = found.notYetVisible.high! + found.index!
  assert.ok(own - high! - slack <= share(sum.index), told)
  assert.ok(share(sum.index) <= own - low! + slack, told)
  // a lost row that was deleted before the look-up cannot be proven lost
  assert.ok(found.lost! > 0 && found.lost! <= share(sum.lost) + (high! - low!) / 2, told)
})
