import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { openDataset } from '../../datasets/index.ts'
import { type History, type Op, OUTCOMES, VIA_EXACT } from '../model/index.ts'
import type { Manners } from './fake.fixture.ts'
import { openSession, type Plan, readHistory } from './index.ts'
import { traceOf } from './trace.fixture.ts'

/** The run folder of a test file; it goes when the tests have ended. */
export const dir = mkdtempSync(join(tmpdir(), 'driftmark-session-'))
after(() => rmSync(dir, { recursive: true }))

const spec = { name: 'uniform', rows: 100, dimensions: 4, queries: 10 }
export const dataset = await openDataset(spec, 'l2', dir)
const fake = new URL('./fake.fixture.ts', import.meta.url).pathname

/** Plays ops on the fake adapter. */
export const planOf = (
  ops: readonly Op[],
  manners: Manners = {},
  more: Parameters<typeof traceOf>[1] = {},
): Plan => ({
  adapter: fake,
  options: manners,
  trace: traceOf(ops, more),
  dataset,
  dir,
  prefix: 't',
})

/** Plays a plan to its end; gives the history that it left. */
export const played = async (
  plan: Plan,
  signal = new AbortController().signal,
): Promise<History> => {
  const session = await openSession(plan)
  try {
    await session.preload()
    await session.play(signal)
  } finally {
    await session.close()
  }
  return readHistory(dir)
}

/** [op, outcome, error] of every event through the index, in the order of the ops. */
export const told = (history: History) =>
  Array.from({ length: history.count }, (_, i) => i)
    .filter((i) => history.via[i] !== VIA_EXACT)
    .map(
      (i) =>
        [history.op[i]!, OUTCOMES[history.outcome[i]!], history.errors[history.error[i]!]] as const,
    )
    .sort(([a], [b]) => a - b)

export const hitsOf = (history: History, op: number): number[] => {
  const i = history.op.indexOf(op)
  return [...history.hitIds.subarray(history.hits[i], history.hits[i + 1])]
}
