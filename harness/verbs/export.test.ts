import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { analyse, findingsJson } from '../analysis/index.ts'
import { at0, runOf, search, upsert } from '../analysis/run.fixture.ts'
import { createHistory, createSamples } from '../drive/folder/index.ts'
import { writeManifest, writeTrace } from '../drive/index.ts'
import { exportVerb } from './export.ts'
import { ioIn } from './io.fixture.ts'
import { parseWords } from './verb.ts'

/** A run folder of two searches and a write; its dataset is nowhere. */
const runFolder = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-export-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const run = runOf({
    preload: 3,
    ops: [search(1, 0, at0(0, 1)), upsert(5, [[3, 0]]), search(9, 1, at0(1, 2))],
  })
  const { manifest, trace, history } = run
  const folder = join(dir, 'run')
  mkdirSync(folder)
  writeManifest(folder, manifest)
  writeTrace(folder, trace)
  const file = createHistory(folder, 0)
  file.append(history)
  file.close(history.until, false)
  createSamples(folder).close()
  writeFileSync(join(folder, 'findings.json'), findingsJson(analyse(run)))
  return dir
}

const exported = async (cwd: string, ...words: string[]): Promise<readonly string[]> => {
  const said: string[] = []
  const hear = (text: string) => void said.push(text)
  const io = ioIn(cwd, { out: hear, say: hear })
  assert.equal(await exportVerb.run(parseWords(exportVerb, words), io), 0)
  return said
}

test('each format that needs no vector is written without the dataset, and what was written is said', async (t) => {
  const dir = runFolder(t)
  const files = {
    csv: ['gauges.csv', 'history.csv'],
    parquet: ['gauges.parquet', 'history.parquet'],
    hdr: ['latency.hlog'],
    vectordbbench: ['result_20250101_driftmark_sim.json'],
  }
  for (const [format, names] of Object.entries(files)) {
    const said = await exported(dir, 'run', '--as', format, '--out', format)
    assert.deepEqual(readdirSync(join(dir, format)).sort(), names)
    assert.deepEqual(
      said.toSorted(),
      names.map((name) => `wrote ${join(dir, format, name)}`),
    )
  }
  const [head, first] = readFileSync(join(dir, 'csv', 'history.csv'), 'utf8').split('\r\n')
  assert.match(head!, /^op,due_us,kind,/)
  assert.match(
    first!,
    /^0,1000,search,,churn,,,,0,2,,,ok,index,1000,2000,0,1,"\[0,1\]","\[0,0\]",,$/,
  )
})

test('without --out it goes into the run folder; a folder that holds files is left alone', async (t) => {
  const dir = runFolder(t)
  await exported(dir, 'run', '--as', 'csv')
  const before = readdirSync(join(dir, 'run', 'export-csv'))
  assert.deepEqual(before, ['gauges.csv', 'history.csv'])
  await assert.rejects(exported(dir, 'run', '--as', 'csv'), { code: 'EXPORT_EXISTS' })
  await assert.rejects(exported(dir, 'run', '--as', 'hdr', '--out', 'run'), {
    code: 'EXPORT_EXISTS',
  })
})

test('what cannot be asked is refused by name, and leaves no folder behind', async (t) => {
  const dir = runFolder(t)
  const refused = (words: string[], code: string, message: RegExp) =>
    assert.rejects(exported(dir, ...words), { code, message })
  await refused(['run'], 'USAGE', /--as takes runbook, hdr, csv, parquet, vectordbbench, not ""/)
  await refused(['run', '--as', 'xml'], 'USAGE', /not "xml"/)
  await refused(['run', '--as', 'toString'], 'USAGE', /not "toString"/)
  await refused(['run', '--as', 'hdr', '--plain'], 'USAGE', /--plain says nothing about --as hdr/)
  await refused(
    ['run', '--as', 'hdr', '--by', 'hour'],
    'USAGE',
    /--by takes second or phase, not "hour"/,
  )
  await refused(['.', '--as', 'csv'], 'RUN_FOLDER', /no run folder/)
  await refused([], 'USAGE', /export needs RUN/)
  assert.deepEqual(readdirSync(dir), ['run'])
})
