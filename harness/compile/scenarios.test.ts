import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { openDataset } from '../../datasets/index.ts'
import { SECOND } from '../model/index.ts'
import { compile, loadScenario, scenarioJsonSchema } from './index.ts'

const read = (path: string): string => readFileSync(path, 'utf8')
const load = (file: string) => loadScenario(file, read)

test('scenarios/scenario.schema.json is what the schema generates', () => {
  assert.equal(
    read('scenarios/scenario.schema.json'),
    `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`,
    'the file is out of date: write scenarioJsonSchema() to it, indented by 2',
  )
})

test('every committed scenario is well formed, named as its file and says what it is for', () => {
  const files = globSync('scenarios/**/*.yaml')
  assert.equal(files.length, 18)
  for (const file of files) {
    const { name, about, limits } = load(file)
    assert.equal(file.split('/').at(-1), `${name}.yaml`)
    assert.match(about, /\w.*[.?]$/, file)
    assert.ok(limits.length > 0, file)
  }
})

test('every scenario but the full ones compiles, for any of these seeds, to less than a minute', async () => {
  for (const file of globSync('scenarios/{*,bench/*}.yaml')) {
    const scenario = load(file)
    const dataset = await openDataset(scenario.dataset, scenario.metric, '.')
    for (const seed of [1, 2, 3]) {
      const { meta } = compile(scenario, dataset, seed)
      assert.ok(meta.end <= 50 * SECOND, file)
    }
  }
})

test('the bench holds what it promises: 2 s and 15 s, one checkpoint, one rebuild, every write probed, at most 30 writes a second', () => {
  const files = globSync('scenarios/bench/*.yaml')
  assert.equal(files.length, 4)
  for (const file of files) {
    const { phases, checkpoints, dataset, probes, k, metric, reembed } = load(file)
    assert.deepEqual(
      phases.map(({ for: length, measured }) => [length, measured]),
      [
        [2 * SECOND, false],
        [15 * SECOND, true],
      ],
    )
    assert.deepEqual(
      [checkpoints!.every, checkpoints!.rebuilds, checkpoints!.rebuildControl],
      [15 * SECOND, 1, 'last'],
    )
    assert.deepEqual(
      [dataset.name, dataset.dimensions, k, metric, probes!.share],
      ['readmes', 128, 10, 'cosine', 1],
    )
    for (const { writes, searches } of phases) {
      const burst = typeof writes?.arrivals === 'object' ? writes.arrivals.rate : 0
      assert.ok((writes?.rate ?? 0) + burst + (reembed?.rate ?? 0) <= 30, file)
      assert.ok(searches!.rate <= 60, file)
    }
  }
})
