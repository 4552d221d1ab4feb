import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { elsewhere } from '../../adapters/contract/elsewhere.ts'
import { wire } from '../../adapters/contract/wire.ts'
import { type CaseResult, CONTRACT, runContract } from '../../adapters/contract.ts'
import type { Adapter } from '../model/index.ts'
import { inAnotherProcess } from './second-process/index.ts'

const clock = { now: () => performance.now() * 1000 }

const WIRE = {
  write: 'a write is not acknowledged before the server has it',
  search: 'a search is answered by the server, also when it was asked before',
  cut: 'a request whose connection is cut is rejected, and not sent again',
  cutAnswer: 'a write whose answer is cut off is unknown, not failed',
}
const ELSEWHERE = {
  found: 'what one process writes another process finds',
  deleted: 'what another process deletes is no longer returned, not even for its own vector',
  replaced: 'what another process replaces is returned at its new version',
}

/** How an adapter cheats · the cases that must catch it. */
const CHEATS: readonly (readonly [file: string, caughtBy: readonly string[]])[] = [
  ['early-ack', [WIRE.write, WIRE.cut, WIRE.cutAnswer]],
  ['cache', [WIRE.search]],
  ['memory', [ELSEWHERE.found, ELSEWHERE.deleted, ELSEWHERE.replaced]],
  ['probe', [ELSEWHERE.deleted]],
  ['padding', ['a deleted row is no longer returned', 'compact keeps every row']],
  ['hidden-errors', [WIRE.cut]],
  ['retries', [WIRE.cut, WIRE.cutAnswer]],
]

const conform = async (file: string, names: readonly string[], dir: string) => {
  const path = fileURLToPath(
    new URL(`../../adapters/contract/cheats/${file}.fixture.ts`, import.meta.url),
  )
  const adapter = ((await import(path)) as { default: Adapter }).default
  const server = await adapter.launch!(dir, {})
  try {
    const cases = CONTRACT.filter(({ name }) => names.includes(name))
    const elsewhere = inAnotherProcess(path, server.options)
    const results: CaseResult[] = []
    const options = { clock, patience: 500, elsewhere, cases }
    for await (const result of runContract(adapter, server.options, options)) results.push(result)
    return results
  } finally {
    await server.stop()
  }
}

for (const [file, caughtBy] of CHEATS) {
  test(`conform catches an adapter that cheats: ${file}`, async (t) => {
    const dir = await mkdtemp(join(tmpdir(), 'driftmark-cheat-'))
    t.after(() => rm(dir, { recursive: true }))
    const results = await conform(file, caughtBy, dir)
    for (const { name, detail } of results) t.diagnostic(`${name} — ${detail}`)
    const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name)
    assert.deepEqual(failed.sort(), [...caughtBy].sort())
  })
}

test('every case of the wire and of the second process has a cheat that it catches', () => {
  const catching = new Set(CHEATS.flatMap(([, caughtBy]) => caughtBy))
  const cases = [...wire, ...elsewhere].map(({ name }) => name)
  assert.deepEqual(
    cases.filter((name) => !catching.has(name)),
    [],
  )
})
