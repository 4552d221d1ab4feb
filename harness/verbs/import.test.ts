import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { importVerb } from './import.ts'
import { ioIn } from './io.fixture.ts'
import { parseWords } from './verb.ts'

const RESULTS = {
  params: { dataset: 'glove', experiment: 'qdrant-m-16', engine: 'qdrant', parallel: 8 },
  results: {
    total_time: 1,
    min_time: 0.001,
    max_time: 0.01,
    std_time: 0.001,
    rps: 1200,
    mean_precisions: 0.97,
    p95_time: 0.004,
    p99_time: 0.006,
    mean_time: 0.002,
  },
}

test('an option of another kind of file, or a file that is there already, is refused', async (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'driftmark-import-'))
  t.after(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'result.json'), JSON.stringify(RESULTS))
  const run = (...words: string[]) => importVerb.run(parseWords(importVerb, words), ioIn(cwd))
  const refused = (words: string[], code: string, says: RegExp) =>
    assert.rejects(run(...words), (error: Error & { code: string }) => {
      assert.equal(error.code, code, error.message)
      assert.match(error.message, says)
      return true
    })
  await refused(
    ['result.json', '--rate', '5/s'],
    'USAGE',
    /--rate says nothing about a result file/,
  )
  assert.equal(await run('result.json', '--out', 'others.json'), 0)
  const written = readFileSync(join(cwd, 'others.json'), 'utf8')
  await refused(
    ['result.json', '--out', 'others.json'],
    'OUT_EXISTS',
    /others.json is there already/,
  )
  assert.equal(readFileSync(join(cwd, 'others.json'), 'utf8'), written)
})
