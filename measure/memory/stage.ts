/**
 * One stage of `npm run measure -- memory`, in a process of its own so that its peak is its own:
 *
 *   node measure/memory/stage.ts compile|history|analyse|live|file FOLDER [searches]
 */
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openDataset } from '../../datasets/index.ts'
import { analyse, findingsJson } from '../../harness/analysis/index.ts'
import { compile, loadScenario } from '../../harness/compile/index.ts'
import {
  createSamples,
  readTrace,
  writeManifest,
  writeTrace,
} from '../../harness/drive/folder/index.ts'
import type { Manifest } from '../../harness/model/index.ts'
import { inSmallHeap } from '../../harness/verbs/heap.ts'
import { runData } from '../../harness/verbs/run-folder.ts'
import { sha256 } from '../../harness/verbs/sha256.ts'
import { fileMemory } from './file.ts'
import { held } from './held.ts'
import { liveMemory } from './live.ts'
import { writeHistory } from './null-engine.ts'
import { NINE_SEARCHES, TEN_MILLION } from './scenario.ts'

const [stage, dir, mix] = process.argv.slice(2) as [string, string, string | undefined]
const scenario = loadScenario('measure.yaml', () =>
  mix === 'searches' ? NINE_SEARCHES : TEN_MILLION,
)
const sizeOf = (name: string): string =>
  `${name} ${(statSync(join(dir, name)).size / 2 ** 20).toFixed(0)} MiB`

const dataset = () => openDataset(scenario.dataset, scenario.metric, dir)

const STAGES: Readonly<Record<string, () => Promise<string>>> = {
  compile: async () => {
    const opened = await dataset()
    const before = processorSeconds()
    const began = performance.now()
    const trace = compile(scenario, opened, 1, sha256)
    const took = ((performance.now() - began) / 1000).toFixed(1)
    const spent = (processorSeconds() - before).toFixed(1)
    writeTrace(dir, trace)
    writeManifest(dir, manifestOf(trace.meta.hash, opened.fingerprint))
    return `${trace.ops.count} operations compiled in ${took} s (bar 40 s), ${spent} s of processor time; ${sizeOf('trace.arrow')}`
  },
  history: async () => {
    writeHistory(dir, readTrace(dir), await dataset())
    createSamples(dir).close()
    return sizeOf('history.arrow')
  },
  analyse: async () => {
    const run = await runData(dir)
    const before = process.memoryUsage.rss()
    const findings = inSmallHeap(() => analyse(run))
    writeFileSync(join(dir, 'findings.json'), findingsJson(findings))
    const more = process.resourceUsage().maxRSS * 1024 - before
    const { low, high, searches } = findings.recall!.live
    return `${held(run)}; analysing ${searches} searches took ${(more / searches).toFixed(0)} bytes each more at its peak; recall ${low?.toFixed(4)} … ${high?.toFixed(4)}, ${findings.ingestToSearchable?.probed} probed inserts`
  },
  live: () => liveMemory(dir),
  file: async () => fileMemory(dir),
}

const manifestOf = (trace: string, fingerprint: string): Manifest => ({
  format: 'driftmark-run/1',
  id: 'ten-million',
  scenario,
  seed: 1,
  trace,
  dataset: { name: 'clustered', fingerprint },
  target: { label: 'null', adapter: 'null', inProcess: false, launched: true },
  engine: { version: '0' } as Manifest['engine'],
  capabilities: [],
  preloadedBy: 'nothing',
  driver: 'embedded',
  started: '2026-01-01T00:00:00.000Z',
  command: 'npm run measure -- memory',
  versions: { driftmark: '0', node: process.versions.node },
  host: { platform: '', cpu: '', cores: 0, memoryBytes: 0 },
  calibration: null,
})

/** Of all threads: what a busy machine does not stretch much. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const started = performance.now()
const said = await STAGES[stage]!()
const seconds = ((performance.now() - started) / 1000).toFixed(0)
const peak = (process.resourceUsage().maxRSS / 1024).toFixed(0)
console.log(
  `memory ${stage}: peak ${peak} MiB (bar 4096), ${seconds} s in all (${processorSeconds().toFixed(0)} s of processor time); ${said}`,
)
