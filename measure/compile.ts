import { openDataset } from '../datasets/index.ts'
import { compile, loadScenario } from '../harness/compile/index.ts'

const SCENARIO = `
name: million
about: A million operations.
dataset: { name: clustered, rows: 320000, dimensions: 8, queries: 500, revisions: 2 }
metric: l2
preload: 100000
phases:
  - name: churn
    for: 200s
    writes: { rate: 2000/s, mix: { insert: 50, update: 20, delete: 30 } }
    searches: { rate: 3000/s }
probes: { share: 1%, growth: 2 }
`

/** Seconds that a million operations take to compile, hash included. */
export const measureCompile = async (): Promise<void> => {
  const scenario = loadScenario('measure.yaml', () => SCENARIO)
  const dataset = await openDataset(scenario.dataset, scenario.metric, '.')
  const started = performance.now()
  const { ops } = compile(scenario, dataset, 1)
  const seconds = (performance.now() - started) / 1000
  console.log(`compile: ${ops.count} operations in ${seconds.toFixed(2)} s (bar 5 s for a million)`)
}
