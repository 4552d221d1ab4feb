import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDataset } from '../datasets/index.ts'
import { compile, loadScenario } from '../harness/compile/index.ts'
import type { Findings } from '../harness/model/index.ts'
import { playTarget } from '../harness/verbs/play.ts'
import { analyseFolder } from '../harness/verbs/run-folder.ts'
import { parseTarget } from '../harness/verbs/target.ts'
import { consoleIo } from './console.ts'

/** Plays a scenario given as text against a target and returns its findings; the run folder is thrown away. */
export const playText = async (
  scenarioText: string,
  targetText: string,
  seed: number,
  senders = 1,
): Promise<Findings> => {
  const out = await mkdtemp(join(tmpdir(), 'driftmark-measure-'))
  try {
    const scenario = loadScenario('measure.yaml', () => scenarioText)
    const dataset = await openDataset(scenario.dataset, scenario.metric, out)
    const trace = compile(scenario, dataset, seed)
    const target = parseTarget(targetText, out)
    const io = { ...consoleIo(), say: () => {} }
    const command = 'npm run measure'
    const dir = await playTarget({ trace, dataset, target, out, senders, command }, io)
    return await analyseFolder(dir, dataset)
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}
