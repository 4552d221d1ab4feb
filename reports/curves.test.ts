import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atRecallRows, effortRows } from './effort-rows.ts'
import { effort } from './figures/effort.ts'
import { recallAxis } from './figures/figure.ts'
import { maintenance } from './figures/maintenance.ts'
import { page, type ReportInput } from './index.ts'
import { sampleInput } from './sample.fixture.ts'

const inputs = [sampleInput('hnsw', 1), sampleInput('pgvector', 1.5)]

test('at each recall stands what every target needed, or that it was not reached', () => {
  assert.deepEqual(atRecallRows(inputs), [
    {
      label: 'recall\u00a0≥\u00a00.90',
      cells: [
        'effort 20: p50 1.00 ms, p99 4.00 ms, recall 0.9000 … 0.9100',
        'effort 20: p50 1.50 ms, p99 6.00 ms, recall 0.9000 … 0.9100',
      ],
    },
    { label: 'recall\u00a0≥\u00a00.99', cells: ['not proven', 'not reached'] },
  ])
})

test('every point of every curve is in the table and in the figure', () => {
  assert.equal(effortRows(inputs).length, 6)
  const { data } = effort(inputs)!.spec as { data: { values: readonly object[] } }
  assert.deepEqual(data.values[0], { run: 'hnsw', effort: 20, low: 0.9, high: 0.91, ms: 1 })
  assert.equal(data.values.length, 6)
})

test('a point whose time is withheld is not drawn, and named', () => {
  const [first] = inputs
  const recall = first!.findings.recall!
  const byEffort = recall.byEffort!.map((point, i) =>
    i === 0 ? { ...point, response: { ...point.response, p50: null } } : point,
  )
  const one: ReportInput = {
    ...first!,
    findings: { ...first!.findings, recall: { ...recall, byEffort } },
  }
  assert.match(effort([one])!.caption, /Not drawn, .*: hnsw 20\.$/)
})

test('under the recall lie the gauges that move, those that explain most first; the rest is said', () => {
  const [, figure] = maintenance(inputs)
  const { vconcat } = figure!.spec as { vconcat: readonly { title: { text: string } }[] }
  assert.deepEqual(
    vconcat.map(({ title: { text } }) => text.slice(0, 24)),
    ['live recall a second, an', 'rows_dead – dead rows: d', '<script>alert("pgvector"'],
  )
  assert.match(figure!.caption, /Changed too, or little: rows_live\. Did not change: segments 1\.$/)
})

test('a control is marked from its sending to its answer, and what became of it if not ok', async () => {
  const [figure] = maintenance(inputs)
  const text = JSON.stringify(figure!.spec)
  assert.match(text, /"name":"compact","t":15\.01,"end":19\.5/)
  assert.match(text, /"name":"swap: skipped","t":24,"end":24/)
  assert.match(await page(inputs), /<h2>Recall and maintenance: pgvector<\/h2>/)
})

test('findings of earlier versions have neither figure, and a page all the same', async () => {
  const [{ findings, manifest }] = inputs as [ReportInput]
  const { engineOverTime: _, recall, ...rest } = findings
  const { byEffort: __, atRecall: ___, ...old } = recall!
  const text = await page([{ manifest, findings: { ...rest, recall: old } }])
  assert.doesNotMatch(text, /Recall and maintenance|At equal recall|Search time at equal recall/)
})

test('an axis of recall ends at 1, and has a length where every answer is right', () => {
  const scale = (...lows: (number | null)[]) => recallAxis(lows.map((low) => ({ low }))).scale
  assert.deepEqual(scale(1, 1), { zero: false, domainMax: 1, domainMin: 0.99 })
  assert.deepEqual(scale(1, null, 0.5), { zero: false, domainMax: 1 })
})
