import { readFileSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { stringify } from 'yaml'
import { openDataset } from '../../../datasets/index.ts'
import { compile, describeTrace, isRate, loadScenario, readRunbook } from '../../compile/index.ts'
import { EXIT, problem } from '../../errors.ts'
import type { Scenario } from '../../model/index.ts'
import { openFor } from '../open-dataset.ts'
import { quote } from '../redact.ts'
import { sha256 } from '../sha256.ts'
import { stepLines, stepTruths } from '../truth/steps.ts'
import { expectMetric, type Given, type Io } from '../verb.ts'
import { writeNew } from '../writing.ts'
import type { Kind } from './kind.ts'

/** A streaming runbook becomes a scenario file that `compile` and `run` play as any other. */
export const runbook: Kind = {
  about: 'a streaming runbook (YAML) of big-ann-benchmarks or CANDOR-Bench',
  options: {
    'dataset-name': { type: 'string' },
    rows: { type: 'string' },
    queries: { type: 'string' },
    metric: { type: 'string' },
    k: { type: 'string' },
    rate: { type: 'string' },
    'search-rate': { type: 'string' },
    batch: { type: 'string' },
    preload: { type: 'string' },
    truth: { type: 'string' },
    sample: { type: 'string' },
    out: { type: 'string' },
  },
  help: {
    'dataset-name': 'runbook: which of the data sets in the file',
    rows: 'runbook: the file of vectors that its ranges number',
    queries: 'runbook: the file of queries, where the rows bring none',
    metric: 'runbook: l2, cosine or ip (default l2)',
    k: 'runbook: how many neighbours are asked for (default 10)',
    rate: 'runbook: rows written a second (default 1000/s)',
    'search-rate': 'runbook: searches a second beside the writes (default none)',
    batch: 'runbook: rows in one request (default 1)',
    preload: 'runbook: rows of its first insert that are loaded before the clock starts',
    truth: 'runbook: a folder of step<N>.gt100 and .tags files to hold against exact search',
    sample: 'runbook: how many queries of each step of --truth are looked at (default 100)',
    out: 'the scenario file to write; without it, the scenario goes to stdout',
  },
  recognises: (path) => /\.ya?ml$/i.test(path),
  run: async (path, given, io) => {
    const out = given.text('out')
    const file = resolve(io.cwd, out ?? 'scenario.yaml')
    const text = scenarioText(path, file, given, io.cwd)
    const read = (asked: string) => (asked === file ? text : readFileSync(asked, 'utf8'))
    const scenario = loadScenario(file, read)
    const dataset = await openFor(scenario, dirname(file))
    io.say(describeTrace(compile(scenario, dataset, 1, sha256)).trimEnd())
    warn(path, scenario, io)
    if (out === undefined) io.out(text.trimEnd())
    else {
      await writeNew(file, text)
      io.say(`wrote ${out}; play it with driftmark run ${quote(out)} --target hnsw`)
    }
    return verify(scenario, dirname(file), given, io)
  },
}

/** Holds the given truth against exact search; without `--truth` there is nothing to fail. */
const verify = async (scenario: Scenario, base: string, given: Given, io: Io): Promise<number> => {
  const dir = given.text('truth')
  if (dir === undefined || !scenario.runbook) return EXIT.pass
  const { metric } = scenario
  const dataset = await openDataset(scenario.dataset, metric, base)
  const sample = given.whole('sample', 100, 1)
  const { steps } = scenario.runbook
  const truths = stepTruths(resolve(io.cwd, dir), { steps, dataset, metric, sample })
  for (const line of stepLines(truths)) io.say(line)
  return truths.some(({ departures }) => departures.length > 0) ? EXIT.failed : EXIT.pass
}

/** The scenario file; its paths are relative to it. */
const scenarioText = (path: string, file: string, given: Given, cwd: string): string => {
  const { name, initial } = readRunbook(textOf(path), path, given.text('dataset-name'))
  const from = (other: string): string => relative(dirname(file), other) || '.'
  const metric = given.text('metric') ?? 'l2'
  expectMetric(metric, 'import')
  const searchRate = rateOf(given, 'search-rate')
  const scenario = {
    name: slug(`${name}-${basename(path).replace(/\.ya?ml$/i, '')}`),
    about: `The runbook ${basename(path)} of ${name}.`,
    dataset: datasetOf(given, file, cwd),
    metric,
    k: given.whole('k', 10, 1),
    preload: given.whole('preload', initial),
    runbook: {
      file: from(path),
      name,
      rate: rateOf(given, 'rate') ?? '1000/s',
      batch: given.whole('batch', 1, 1),
      ...(searchRate === undefined ? {} : { searches: { rate: searchRate } }),
    },
    probes: { share: '15%' },
    checkpoints: { settle: '500ms', rate: '500/s', rebuildControl: 'last' },
  }
  return stringify(scenario)
}

/** A rate as the scenario file takes it; what is none is refused by the name of its option. */
const rateOf = (given: Given, option: string): string | undefined => {
  const text = given.text(option)
  if (text === undefined || isRate(text)) return text
  const what = `--${option} takes a rate above 0 with its unit, such as 200/s, not "${text}"`
  throw problem('USAGE', { what, verb: 'import' })
}

const textOf = (path: string): string => readFileSync(path, 'utf8')

const datasetOf = (given: Given, file: string, cwd: string): Record<string, string> => {
  const rows = given.text('rows')
  if (rows === undefined) {
    throw problem('USAGE', {
      what: 'a runbook needs --rows, the file of its vectors',
      verb: 'import',
    })
  }
  const from = (other: string): string => relative(dirname(file), resolve(cwd, other))
  const queries = given.text('queries')
  return queries === undefined
    ? { file: from(rows) || '.' }
    : { path: from(rows) || '.', queries: from(queries) || '.' }
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'runbook'

/** What the reference tools would trip over, and what is not played. */
const warn = (path: string, { runbook }: Scenario, io: Io): void => {
  if (!runbook) return
  const { maxPoints, passedBy, peak } = readRunbook(textOf(path), path, runbook.name)
  if (maxPoints === null)
    io.say(`${basename(path)} declares no max_pts; the reference loader refuses it`)
  else if (peak > maxPoints) {
    io.say(`${basename(path)} declares max_pts ${maxPoints}, and ${peak} rows are live at its peak`)
  }
  for (const line of passedBy) io.say(`${line}: nothing is asked of a server`)
}
