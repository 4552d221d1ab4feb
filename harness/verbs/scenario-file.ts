import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { compile, loadScenario } from '../compile/index.ts'
import type { Dataset, Scenario, Trace } from '../model/index.ts'
import { openFor } from './open-dataset.ts'
import { sha256 } from './sha256.ts'
import type { Given, Io } from './verb.ts'

/** A scenario file made ready to be played. */
export interface Prepared {
  readonly file: string
  /** The folder that relative paths of the dataset resolve against. */
  readonly base: string
  readonly scenario: Scenario
  readonly dataset: Dataset
  readonly seed: number
  readonly trace: Trace
}

/** Reads a scenario file, opens its dataset, compiles its trace. */
export const prepareScenario = async (
  file: string,
  sets: readonly string[],
  seed: number,
): Promise<Prepared> => {
  const scenario = loadScenario(file, (path) => readFileSync(path, 'utf8'), sets)
  const base = dirname(file)
  const dataset = await openFor(scenario, base)
  return { file, base, scenario, dataset, seed, trace: compile(scenario, dataset, seed, sha256) }
}

/** The same, from the words of a command: SCENARIO, `--set` and `--seed`. */
export const prepare = async (given: Given, io: Io): Promise<Prepared> =>
  prepareScenario(
    resolve(io.cwd, given.positionals[0]!),
    given.texts('set'),
    given.whole('seed', 1),
  )

/** The options that every verb which takes a scenario has. */
export const SCENARIO_OPTIONS = {
  seed: { type: 'string' },
  set: { type: 'string', multiple: true },
} as const
export const SCENARIO_HELP = {
  seed: 'seed of everything drawn (default 1): the same seed, the same trace',
  set: 'change one value of the scenario: --set k=20 --set phases.churn.for=1m',
}
