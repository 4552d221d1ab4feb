import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset } from '../../../datasets/index.ts'
import { compile, loadScenario } from '../../compile/index.ts'
import { playTarget } from '../play.ts'
import { analyseFolder } from '../run-folder.ts'
import type { Io } from '../verb.ts'
import { CASES, type Case } from './cases.ts'
import { gatherEvidence } from './evidence.ts'
import type { Line } from './lines.ts'
import { CALIBRATION } from './scenario.ts'

/** One case played over real process and socket boundaries, and judged. */
export interface Judged {
  readonly name: string
  readonly lines: readonly Line[]
  /** Why the run itself cannot be trusted; empty for a valid one. */
  readonly invalid: readonly string[]
}

/** Plays the battery, case after case, each in a folder that is thrown away. Ends early when interrupted. */
export async function* battery(io: Io): AsyncGenerator<Judged> {
  for (const known of CASES) {
    if (io.interrupted.aborted) return
    const out = await mkdtemp(join(tmpdir(), 'driftmark-calibrate-'))
    try {
      yield await playCase(known, out, io)
    } finally {
      await rm(out, { recursive: true, force: true })
    }
  }
}

const playCase = async (known: Case, out: string, io: Io): Promise<Judged> => {
  const scenario = loadScenario('calibration.yaml', () => CALIBRATION, known.sets)
  const dataset = await openDataset(scenario.dataset, scenario.metric, out)
  const trace = compile(scenario, dataset, 1)
  const log = join(out, 'truth.jsonl')
  const options = { ...known.flaws, log }
  const target = { label: 'sim', adapter: 'sim', options, text: 'sim' }
  const quiet = { ...io, say: () => {} }
  const dir = await playTarget({ trace, dataset, target, out, command: 'calibrate' }, quiet)
  const findings = await analyseFolder(dir, dataset)
  const evidence = await gatherEvidence(dir, log, findings, dataset)
  const reasons = findings.validity.reasons.map(({ text }) => text)
  return { name: known.name, lines: known.judge(evidence), invalid: reasons }
}
