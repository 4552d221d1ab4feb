import type { Scenario } from '../model/index.ts'
import { loadScenario } from './load.ts'

/** A scenario of one 10 s phase with 100 writes and 50 searches a second, and what is laid over it. */
export const scenarioOf = (...sets: readonly string[]): Scenario =>
  loadScenario(
    'test.yaml',
    () => `
name: test
dataset: { name: fake }
preload: 500
phases:
  - name: main
    for: 10s
    writes: { rate: 100/s, rest: 2s }
    searches: { rate: 50/s }
`,
    sets,
  )
