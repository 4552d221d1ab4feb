import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { insert, remove, replace, search, yamlOf } from '../../compile/runbook/runbook.fixture.ts'
import { importVerb } from '../import.ts'
import { ioIn } from '../io.fixture.ts'
import { prepareScenario } from '../scenario-file.ts'
import { parseWords } from '../verb.ts'

const dir = mkdtempSync(join(tmpdir(), 'driftmark-import-'))
after(() => rmSync(dir, { recursive: true, force: true }))

const fbin = (name: string, count: number): void => {
  const values = Float32Array.from({ length: count * 2 }, (_, i) => Math.imul(i + 1, 7919) % 1000)
  const bytes = [Uint32Array.of(count, 2), values].map(({ buffer }) => Buffer.from(buffer))
  writeFileSync(join(dir, name), Buffer.concat(bytes))
}
fbin('base.fbin', 40)
fbin('queries.fbin', 4)
fbin('few.fbin', 30)

const STEPS = [insert(0, 30), search, replace(0, 30, 10), remove(5, 15), search]
writeFileSync(join(dir, 'rb.yaml'), yamlOf(STEPS, 30))

/** What the verb prints and returns for these words. */
const importing = async (...words: readonly string[]) => {
  const printed = { out: '', said: '' }
  const io = ioIn(dir, {
    out: (text) => {
      printed.out += `${text}\n`
    },
    say: (text) => {
      printed.said += `${text}\n`
    },
  })
  const code = await importVerb.run(parseWords(importVerb, words), io)
  return { code, ...printed }
}
const ROWS = ['--rows', 'base.fbin', '--queries', 'queries.fbin']

test('the scenario that is written plays the runbook, from whatever folder it lies in', async () => {
  mkdirSync(join(dir, 'sub'))
  const rates = ['--rate', '500/s', '--search-rate', '20/s', '--batch', '4', '--preload', '10']
  const { code, said } = await importing('rb.yaml', ...ROWS, ...rates, '--out', 'sub/sc.yaml')
  assert.equal(code, 0)
  assert.match(said, /at most 30 rows live, max_pts 30\n/)
  const text = readFileSync(join(dir, 'sub', 'sc.yaml'), 'utf8')
  assert.match(text, /path: \.\.\/base\.fbin\n/)
  const { scenario, dataset, trace } = await prepareScenario(join(dir, 'sub', 'sc.yaml'), [], 1)
  assert.equal(scenario.name, 'set-rb')
  assert.deepEqual([dataset.rows, dataset.revisions, trace.meta.preload], [40, 2, 10])
  assert.deepEqual(
    trace.meta.checkpoints.map(({ from }) => from),
    [40_000, 40_000 + 508_000 + 40_000],
  )
  const { vectors } = dataset.models[0]!
  assert.deepEqual(vectors.at(40 + 3), vectors.at(33), 'version 1 of tag 3 is row 33')
})

test('without --out the scenario goes to stdout; a max_pts that is exceeded or absent is told', async () => {
  writeFileSync(join(dir, 'low.yaml'), yamlOf(STEPS, 7))
  const low = await importing('low.yaml', ...ROWS)
  assert.match(low.out, /^name: set-low\n[\s\S]*runbook:\n {2}file: low\.yaml\n {2}name: set\n/)
  assert.match(low.said, /declares max_pts 7, and 30 rows are live at its peak/)
  assert.match(low.said, /max_pts 7 EXCEEDED/)
  writeFileSync(join(dir, 'none.yaml'), yamlOf(STEPS).replace(/.*max_pts.*\n/, ''))
  assert.match((await importing('none.yaml', ...ROWS)).said, /declares no max_pts; the reference/)
})

test('what cannot be imported is refused before anything is written', async () => {
  const refused = (message: RegExp, ...words: readonly string[]) =>
    assert.rejects(importing(...words), message)
  await refused(/needs --rows/, 'rb.yaml')
  await refused(
    /needs 40 rows, but the dataset few\.fbin has 30/,
    'rb.yaml',
    '--rows',
    'few.fbin',
    '--queries',
    'queries.fbin',
  )
  await refused(/no data set "other"; it has set/, 'rb.yaml', ...ROWS, '--dataset-name', 'other')
  await refused(
    /--rate takes a rate above 0 with its unit, such as 200\/s, not "fast"/,
    'rb.yaml',
    ...ROWS,
    '--rate',
    'fast',
  )
  await refused(/preload: found 31; allowed: at most 30/, 'rb.yaml', ...ROWS, '--preload', '31')
  await refused(
    /--metric takes l2, cosine or ip, not "hamming"/,
    'rb.yaml',
    ...ROWS,
    '--metric',
    'hamming',
  )
  await refused(
    /base\.fbin is of no kind that is read; these are: a streaming runbook/,
    'base.fbin',
  )
  await refused(/cannot be read: there is no such file/, 'gone.yaml', ...ROWS)
  await refused(/there is no .*step2\.gt100/, 'rb.yaml', ...ROWS, '--truth', '.')
})
