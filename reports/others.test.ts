import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Others } from '../harness/model/index.ts'
import { markdown, page } from './index.ts'
import { OTHERS_TITLE, othersTables } from './others.ts'
import { sampleInput } from './sample.fixture.ts'

const figure = (name: string, value: number, definition: string) => ({
  name,
  value,
  unit: 's',
  definition,
})
const result = (product: string, figures: Others['results'][number]['figures'], text: string) => ({
  product,
  version: null,
  dataset: 'd <1>',
  k: 10,
  kind: 'search',
  settings: '',
  figures,
  warnings: [{ code: 'x', text }],
})
const OTHERS: Others = {
  format: 'driftmark-others/1',
  source: { tool: 'Tool', file: 'f.json', run: null, when: '2026-01-02T00:00:00.000Z' },
  results: [
    result('a', [figure('p95', 1.23456789, 'from send'), figure('p99', 2, 'from send')], 'odd'),
    result('a', [figure('p99', 3, 'from send')], 'odd'),
    result('b', [figure('p99', 4, 'from send')], 'other & odd'),
  ],
}

test('a column a result, a row a figure, each definition where it begins, each warning once', () => {
  assert.deepEqual(othersTables([OTHERS]), [
    {
      title: 'Tool, search, f.json, 2026-01-02',
      warnings: ['a (1), a (2): odd.', 'b: other & odd.'],
      head: ['', 'a (1)', 'a (2)', 'b'],
      rows: [
        { label: 'version', cells: ['—', '—', '—'] },
        { label: 'dataset', cells: ['d <1>', 'd <1>', 'd <1>'] },
        { label: 'k', cells: ['10', '10', '10'] },
        { label: 'settings', cells: ['—', '—', '—'] },
        { label: 'p95', note: 'from send', cells: ['1.23457 s', '—', '—'] },
        { label: 'p99', cells: ['2 s', '3 s', '4 s'] },
      ],
    },
  ])
})

test('a page shows them last and apart, says that they do not compare, and changes nothing else by them', async () => {
  const inputs = [sampleInput('hnsw', 1), sampleInput('pgvector', 2)]
  const [alone, beside] = [await page(inputs), await page(inputs, [OTHERS])]
  const at = beside.indexOf('<section class="others">')
  assert.ok(at > beside.indexOf('How it was measured'))
  assert.match(beside.slice(at), /Not comparable to the columns above/)
  assert.match(beside.slice(at), /d &lt;1&gt;/)
  assert.equal(
    beside.slice(0, at).replace(/<hr>\s*$/, ''),
    alone.slice(0, alone.lastIndexOf('\n</main>')),
  )
  assert.ok(!alone.includes(OTHERS_TITLE))
})

test('so does the Markdown', () => {
  const inputs = [sampleInput('hnsw', 1)]
  const [alone, beside] = [markdown(inputs), markdown(inputs, [OTHERS])]
  assert.ok(beside.startsWith(alone.trimEnd()))
  assert.match(beside.slice(alone.length), /^## Measured by others/m)
  assert.match(beside.slice(alone.length), /\| p95 \(from send\) \| 1\.23457 s \| — \| — \|/)
})
