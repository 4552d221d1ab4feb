import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openDataset } from '../../datasets/index.ts'
import { compile, loadScenario } from '../../harness/compile/index.ts'
import { readSamples } from '../../harness/drive/index.ts'
import type { Samples } from '../../harness/model/index.ts'
import { playTarget } from '../../harness/verbs/play.ts'
import { parseTarget } from '../../harness/verbs/target.ts'
import { consoleIo } from '../console.ts'
import { bytesOf } from './held.ts'
import { LIVE } from './scenario.ts'

/** Plays a hundred thousand operations against `sim` and tells the memory of the harness over the run. */
export const liveMemory = async (dir: string): Promise<string> => {
  const out = join(dir, 'live')
  await mkdir(out, { recursive: true })
  const scenario = loadScenario('measure.yaml', () => LIVE)
  const dataset = await openDataset(scenario.dataset, scenario.metric, out)
  const trace = compile(scenario, dataset, 1)
  const io = { ...consoleIo(), say: () => {}, status: () => {} }
  const target = parseTarget('sim', out)
  const run = await playTarget({ trace, dataset, target, out, command: 'npm run measure' }, io)
  const rss = residentOf(readSamples(run), trace.meta.end)
  const perOp = (bytesOf(trace.ops) / trace.ops.count).toFixed(0)
  return `${trace.ops.count} operations of ${perOp} bytes each, resident after each fifth of the run ${rss.join(', ')} MiB`
}

/** The largest resident memory in each fifth of the run. */
const residentOf = (samples: Samples, end: number): readonly string[] => {
  const name = samples.names.indexOf('harness.rss')
  const most = [0, 0, 0, 0, 0]
  for (let i = 0; i < samples.count; i++) {
    const fifth = Math.floor((5 * samples.at[i]!) / end)
    if (samples.name[i] !== name || fifth > 4) continue
    most[fifth] = Math.max(most[fifth]!, samples.value[i]!)
  }
  return most.map((value) => (value / 2 ** 20).toFixed(0))
}
