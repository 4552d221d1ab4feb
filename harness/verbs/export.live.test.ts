import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { drive, workFolder } from '../cli.fixture.ts'

const SCENARIO = `
name: churn
about: Inserts, updates and deletes together.
dataset: { name: clustered, rows: 400, dimensions: 8, queries: 20, revisions: 3 }
metric: cosine
k: 5
index: { kind: exact }
preload: 150
client: { timeout: 20s }
phases:
  - name: churn
    for: 2s
    writes: { rate: 60/s, rest: 500ms, mix: { insert: 40, update: 30, delete: 30 } }
    searches: { rate: 20/s }
probes: { share: 10%, deadline: 500ms }
checkpoints: { every: 1s, settle: 200ms, rate: 100/s, rebuildControl: none }
limits: []
`

test('a run goes out as a runbook, plain or not, and comes back; its truth is exact', async (t) => {
  const dir = workFolder(t)
  writeFileSync(join(dir, 'churn.yaml'), SCENARIO)
  const played = await drive(dir, ['run', 'churn.yaml', '--target', 'sim'])
  assert.ok(played.code === 0 || played.code === 2, played.err)
  const run = join('runs', readdirSync(join(dir, 'runs'))[0]!)
  for (const [book, ...plain] of [['book'], ['plain', '--plain']] as const) {
    const how = ['--as', 'runbook', '--assume', 'applied', '--out', book, ...plain]
    const out = await drive(dir, ['export', run, ...how])
    assert.equal(out.code, 0, out.err)
    const vectors = readdirSync(join(dir, book)).find((name) => /^\d+$/.test(name))
    const files = ['--rows', `${book}/base.fbin`, '--queries', `${book}/queries.fbin`]
    const truth = ['--metric', 'cosine', '--truth', `${book}/${vectors}/churn.yaml`]
    const back = ['import', `${book}/churn.yaml`, ...files, ...truth, '--out', `${book}.yaml`]
    const found = await drive(dir, back)
    assert.equal(found.code, 0, found.err)
  }
})
