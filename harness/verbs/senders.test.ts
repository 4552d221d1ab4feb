import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openDataset } from '../../datasets/index.ts'
import { compile, loadScenario } from '../compile/index.ts'
import { readManifest } from '../drive/index.ts'
import { ioIn } from './io.fixture.ts'
import { playTarget } from './play.ts'
import { run } from './run.ts'
import { analyseFolder } from './run-folder.ts'
import { parseWords } from './verb.ts'

const SCENARIO = `
name: senders
about: Batches, deletes and probes.
dataset: { name: uniform, rows: 900, dimensions: 4, queries: 20 }
metric: l2
k: 5
index: { kind: exact }
preload: 200
phases:
  - { name: only, for: 2s, writes: { rate: 120/s, batch: 2, mix: { insert: 80, delete: 20 }, rest: 500ms }, searches: { rate: 100/s } }
probes: { share: 20%, growth: 2, deadline: 500ms }
`
const out = mkdtempSync(join(tmpdir(), 'driftmark-senders-'))
after(() => rmSync(out, { recursive: true }))

test('one sender or two: the same trace, the same operations offered, every row seen, nothing stale', async () => {
  const scenario = loadScenario('senders.yaml', () => SCENARIO)
  const dataset = await openDataset(scenario.dataset, scenario.metric, out)
  const trace = compile(scenario, dataset, 1)
  const target = { label: 'sim', adapter: 'sim', options: undefined, text: 'sim' }
  const found = []
  for (const senders of [1, 2]) {
    const play = { trace, dataset, target, out: join(out, String(senders)), senders, command: '' }
    const dir = await playTarget(play, ioIn(out))
    const { validity, run, ingestToSearchable, ghosts, stale } = await analyseFolder(dir, dataset)
    const offered = Object.entries(validity.offered).map(([kind, counts]) => [kind, counts.offered])
    const { probed, lost, flicker } = ingestToSearchable!
    assert.equal(readManifest(dir).senders, senders)
    found.push({ trace: run.trace, offered, probed, lost, flicker, ghosts, stale })
  }
  assert.deepEqual(found[1], found[0])
  const { lost, flicker, ghosts, stale } = found[1]!
  assert.deepEqual({ lost, flicker, ghosts, stale }, { lost: 0, flicker: 0, ghosts: 0, stale: 0 })
})

test('an adapter loaded by path takes one sender; a number of senders is from 1 to 64', async () => {
  const words = (target: string, senders: string) =>
    parseWords(run, ['no.yaml', '--target', target, '--senders', senders])
  await assert.rejects(run.run(words('./mine.ts', '2'), ioIn(out)), {
    code: 'USAGE',
    message: /mine.ts is loaded by path.*one sender/,
  })
  await assert.rejects(run.run(words('sim', '65'), ioIn(out)), {
    code: 'USAGE',
    message: /at most 64/,
  })
  await assert.rejects(run.run(words('sim', '0'), ioIn(out)), { code: 'USAGE' })
})
