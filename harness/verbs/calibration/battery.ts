import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset } from '../../../datasets/index.ts'
import { compile, loadScenario } from '../../compile/index.ts'
import { SECOND } from '../../model/index.ts'
import { playTarget } from '../play.ts'
import { sha256 } from '../sha256.ts'
import type { Io } from '../verb.ts'
import type { Case } from './case.ts'
import { gatherEvidence } from './evidence.ts'
import type { Line } from './line.ts'
import { CALIBRATION } from './scenario.ts'

/** One case played over real process and socket boundaries, and judged. */
export interface Judged {
  readonly name: string
  readonly about: string
  readonly lines: readonly Line[]
}

export interface Battery {
  readonly cases: readonly Case[]
  readonly full: boolean
  /** Each case as it is judged. */
  tell(judged: Judged): void
}

/** So many cases whose claims the machine's speed cannot touch are played at a time, where there is no time to lose. */
const TOGETHER = 2

/**
 * Plays the cases, each in a folder that is thrown away, and tells of each as it is judged: first those whose claims are times, one by
 * one, then the others, in the short battery side by side. Ends early when interrupted. Errors: those of a run.
 */
export const playBattery = async ({ cases, full, tell }: Battery, io: Io): Promise<void> => {
  const timed = cases.filter(({ timeless }) => !timeless)
  const timeless = cases.filter((one) => one.timeless)
  const longestFirst = timeless.sort((a, b) => lengthOf(b, full) - lengthOf(a, full))
  const work = async (queue: Case[]): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (io.interrupted.aborted) return
      const judged = await playCase(next, full, io)
      if (judged) tell(judged)
    }
  }
  await work(timed)
  const lanes = full ? 1 : TOGETHER
  await Promise.all(Array.from({ length: lanes }, () => work(longestFirst)))
}

/** What a case plays. */
export const scenarioOf = ({ sets, full: more }: Case, full: boolean) =>
  loadScenario('calibration.yaml', () => CALIBRATION, full ? [...sets, ...more] : sets)

/** Seconds for which a case sends; its last ladders come after them. */
export const lengthOf = (known: Case, full: boolean): number =>
  scenarioOf(known, full).phases.reduce((sum, phase) => sum + phase.for, 0) / SECOND

/** Null: interrupted, and what ran until then shows nothing. */
const playCase = async (known: Case, full: boolean, io: Io): Promise<Judged | null> => {
  const out = await mkdtemp(join(tmpdir(), 'driftmark-calibrate-'))
  try {
    const scenario = scenarioOf(known, full)
    const dataset = await openDataset(scenario.dataset, scenario.metric, out)
    const trace = compile(scenario, dataset, 1, sha256)
    const log = join(out, 'truth.jsonl')
    const options = { ...known.flaws, log, logSearches: true }
    const target = { label: known.name, adapter: 'sim', options, text: 'sim' }
    const quiet = { ...io, say: () => {} }
    const dir = await playTarget({ trace, dataset, target, out, command: 'calibrate' }, quiet)
    if (io.interrupted.aborted) return null
    const evidence = await gatherEvidence(dir, log, dataset)
    return { name: known.name, about: known.about, lines: known.judge(evidence) }
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
