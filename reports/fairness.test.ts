import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Facts, Findings } from '../harness/model/index.ts'
import { unlikeLine } from './fairness.ts'
import { headline } from './headline.ts'
import { book, markdown, page, type ReportInput } from './index.ts'
import { sampleInput } from './sample.fixture.ts'

const told = (target: string, facts: Facts): ReportInput => {
  const { findings, manifest } = sampleInput(target, 1)
  return {
    findings: { ...findings, run: { ...findings.run, engine: facts } },
    manifest: { ...manifest, engine: facts },
  }
}
const DISK = {
  durability: 'disk: at commit',
  acknowledgement: 'searchable',
  consistency: 'latest',
}
const disk = told('postgres', DISK)
const memory = told('hnsw', { ...DISK, durability: 'memory: nothing is kept' })
const lite = told('milvus', { ...DISK, comparable: 'function only, not comparable' })

test('levels that are unlike, and engines that do not compare, make the first line; alike there is none', () => {
  assert.equal(unlikeLine([disk, told('qdrant', { ...DISK, durability: 'disk' })]), null)
  assert.equal(
    unlikeLine([disk, memory]),
    'Unlike stands beside unlike: durability (postgres disk, hnsw memory).',
  )
  assert.equal(
    unlikeLine([disk, told('mine', {}), lite]),
    'Unlike stands beside unlike: durability (postgres disk, mine not told, milvus disk); acknowledgement (postgres searchable, mine not told, milvus searchable); consistency (postgres latest, mine not told, milvus latest). Not for comparison: milvus (function only, not comparable).',
  )
})

test('repeats of a target are named once', () => {
  assert.equal(
    unlikeLine([disk, memory, disk, memory]),
    'Unlike stands beside unlike: durability (postgres disk, hnsw memory).',
  )
})

test('the line is the first of the page, of a book, of the Markdown and of a headline', async () => {
  const line = unlikeLine([disk, lite])!
  const first = `<main>\n<p class="unlike"><strong>${line}</strong></p>`
  assert.ok((await page([disk, lite])).includes(first))
  assert.ok((await book('A book', '', [[disk], [disk, lite]])).includes(first))
  assert.ok(markdown([disk, lite]).startsWith(`> **${line}**\n\n# `))
  assert.match(headline(lite.findings), /^Not for comparison: milvus \(function only/)
  assert.match(headline(disk.findings), /^delete-heavy on postgres: /)
})

test('every setting that is not as it comes stands with its default and the reason', async () => {
  const input = told('postgres', {
    ...DISK,
    'differs.hnsw.ef_search': "64, not 40 (the scenario's index)",
    'index as understood': "hnsw WITH (m='16')",
  })
  assert.match(markdown([input]), /\| hnsw\.ef\\_search \| 64 \| 40 \| the scenario's index \|/)
  assert.match(markdown([input]), /\| index \| hnsw WITH \(m='16'\) \|/)
  assert.ok(
    (await page([input])).includes(
      '<tr><td>hnsw.ef_search</td><td>64</td><td>40</td><td>the scenario&#39;s index</td></tr>',
    ),
  )
})

const scannedBy = (change: Partial<Findings['validity']>): ReportInput => {
  const { findings, manifest } = sampleInput('pgvector', 1)
  return { manifest, findings: { ...findings, validity: { ...findings.validity, ...change } } }
}

for (const [words, change] of [
  ['exact scan', { exactScan: true }],
  ['partly exact scan', { labels: [{ code: 'partial-scan', text: 'partly' }] }],
] as const) {
  test(`beside every recall stands: ${words}`, async () => {
    const input = scannedBy(change)
    const rows = markdown([input, sampleInput('hnsw', 1)]).split('\n')
    const recalls = rows.filter((row) => /^\| (?:live recall|checkpoint recall|drift)/.test(row))
    assert.ok(recalls.length >= 3)
    for (const row of recalls) {
      const [, own, other] = row.split(' | ')
      if (!/—/.test(own!)) assert.ok(own!.endsWith(`(${words})`), row)
      assert.ok(!other?.includes('scan'), row)
    }
    const text = await page([input])
    const ages = text.slice(text.indexOf('Recall by age'), text.indexOf('Checks</h2>'))
    assert.ok([...ages.matchAll(/0\.\d{4}(?! …)/g)].length > 0)
    assert.doesNotMatch(ages, /\d\.\d{4}<\/td>/)
    const key = /Recall over turnover<\/h2>\s*<div class="key-row">.*?<\/div>/s.exec(text)![0]
    assert.ok(key.includes(`pgvector (${words})`))
    assert.match(headline(input.findings), new RegExp(`live recall: .* \\(${words}\\)`))
  })
}

test('without a scan nothing is said of one', async () => {
  assert.doesNotMatch(markdown([sampleInput('hnsw', 1)]), /exact scan/)
})
