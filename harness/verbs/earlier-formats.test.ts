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
 * Runs as earlier versions wrote them. Figures of theirs that a later version computes otherwise stand here: which paths
 * of findings.json, and the decision that moved them.
 */
const MOVED: readonly (readonly [paths: RegExp, why: string])[] = [
  [/(^|\.)loss\.(notYetVisible\.(low|high)|index)$/, 'docs/decisions/0006'],
  [/\.text$/, 'sentences are for people'],
]

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
    const differ = then.filter(
      ([path, value]) => now.get(path) !== value && !MOVED.some(([paths]) => paths.test(path)),
    )
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
