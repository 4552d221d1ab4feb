import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openDataset } from '../../datasets/index.ts'
import { analyse, findingsJson } from '../analysis/index.ts'
import { hashTrace } from '../compile/index.ts'
import { readRun } from '../drive/index.ts'

/**
 * Runs as earlier versions wrote them. A figure of theirs that a later version would compute otherwise stands here with the
 * reason: a path into findings.json, and why it moved.
 */
const MOVED: Readonly<Record<string, string>> = {}

const runs = fileURLToPath(new URL('../model/testdata/runs/', import.meta.url))

const analysed = async (dir: string) => {
  const run = await readRun(dir)
  assert.equal(hashTrace(run.trace), run.trace.meta.hash)
  const { scenario } = run.manifest
  return findingsJson(
    analyse({ ...run, dataset: await openDataset(scenario.dataset, scenario.metric, dir) }),
  )
}

/** Every value that was found then, with its path. */
const leaves = (value: unknown, path = ''): [path: string, value: unknown][] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
    : [[path, value]]

for (const name of readdirSync(runs)) {
  test(`a run of an earlier format gives the figures that it gave: ${name}`, async () => {
    const dir = join(runs, name)
    const then = leaves(JSON.parse(readFileSync(join(dir, 'findings.json'), 'utf8')))
    const now = new Map(leaves(JSON.parse(await analysed(dir))))
    const differ = then.filter(([path, value]) => !(path in MOVED) && now.get(path) !== value)
    assert.deepEqual(
      differ.map(([path, value]) => [path, value, now.get(path)]),
      [],
    )
    assert.ok(then.length > 300)
  })

  test(`the same run analysed twice gives the same bytes: ${name}`, async () => {
    assert.equal(await analysed(join(runs, name)), await analysed(join(runs, name)))
  })
}
