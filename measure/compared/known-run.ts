import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset } from '../../datasets/index.ts'
import { compile, loadScenario } from '../../harness/compile/index.ts'
import { readRun } from '../../harness/drive/index.ts'
import type { Dataset, Findings, RunData } from '../../harness/model/index.ts'
import { playTarget } from '../../harness/verbs/play.ts'
import { analyseFolder } from '../../harness/verbs/run-folder.ts'
import { consoleIo } from '../console.ts'

/** One row as the sim saw it: in microseconds of the machine's monotonic clock. */
export interface Logged {
  readonly event: string
  readonly id: number
  /** From when every search returns it; null: never. */
  readonly visible: number | null
}

/** A run against an engine whose truth is known: what driftmark found, what it recorded, what the engine says of itself. */
export interface KnownRun {
  readonly findings: Findings
  readonly run: RunData
  readonly dataset: Dataset
  readonly log: readonly Logged[]
}

/** Plays a scenario given as text against the sim with these flaws; the run folder is read and thrown away. */
export const playKnown = async (text: string, flaws: object): Promise<KnownRun> => {
  const out = await mkdtemp(join(tmpdir(), 'driftmark-compared-'))
  try {
    const scenario = loadScenario('compared.yaml', () => text)
    const dataset = await openDataset(scenario.dataset, scenario.metric, out)
    const trace = compile(scenario, dataset, 1)
    const log = join(out, 'truth.jsonl')
    const target = { label: 'sim', adapter: 'sim', options: { ...flaws, log }, text: 'sim' }
    const io = { ...consoleIo(), say: () => {} }
    const dir = await playTarget({ trace, dataset, target, out, command: 'compared' }, io)
    const findings = await analyseFolder(dir, dataset)
    const lines = readFileSync(log, 'utf8').trim().split('\n')
    const run = { ...(await readRun(dir)), dataset }
    return { findings, run, dataset, log: lines.map((line) => JSON.parse(line) as Logged) }
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
