import { join, resolve } from 'node:path'
import { judgeSearches, type View, viewOf } from '../analysis/index.ts'
import { readRun } from '../drive/index.ts'
import { EXIT, problem } from '../errors.ts'
import {
  type Assume,
  csvOf,
  freshFolder,
  gaugesTable,
  hdrLog,
  historyTable,
  intervalsOf,
  type RecallOf,
  runbookFiles,
  runbookOf,
  seriesOf,
  vectorDbBenchFile,
  vectorDbBenchOf,
  writeParquet,
  writePieces,
} from '../exchange/index.ts'
import type { RunData } from '../model/index.ts'
import { reportInput, runData, runFolder } from './run-folder.ts'
import { expectOptions, expectWords, type Given, type Io, type Verb } from './verb.ts'

/** What a format is made from. */
interface Job {
  /** The run folder. */
  readonly dir: string
  /** The folder to fill: made, and empty, when it is asked for the first time. */
  out(): string
  readonly given: Given
  readonly io: Io
}

/** Format → what writes it; each gives the paths of its files. */
const FORMATS: Readonly<Record<string, (job: Job) => Promise<readonly string[]>>> = {
  runbook: async ({ dir, out, given, io }) => {
    const view = viewOf(await runData(dir))
    const plain = given.flag('plain')
    const runbook = runbookOf(view, { assume: assumeOf(given), merge: plain })
    for (const sentence of runbook.said) io.say(sentence)
    return runbookFiles(out(), view, runbook, plain)
  },
  hdr: async ({ dir, out, given }) => {
    const view = viewOf(await runWithoutData(dir))
    const lines = hdrLog(
      view,
      seriesOf(view),
      intervalsOf(view, oneOf(given, 'by', ['second', 'phase'])),
    )
    return [await writePieces(out(), 'latency.hlog', lines)]
  },
  csv: async (job) => {
    const tables = await tablesOf(job)
    const dir = job.out()
    const paths: string[] = []
    for (const table of tables)
      paths.push(await writePieces(dir, `${table.name}.csv`, csvOf(table)))
    return paths
  },
  parquet: async (job) => {
    const tables = await tablesOf(job)
    const dir = job.out()
    const paths = tables.map(({ name }) => join(dir, `${name}.parquet`))
    for (const [i, table] of tables.entries()) await writeParquet(paths[i]!, table)
    return paths
  },
  vectordbbench: async ({ dir, out }) => {
    const { findings } = await reportInput(dir)
    const document = vectorDbBenchOf(viewOf(await runWithoutData(dir)), findings)
    const text = `${JSON.stringify(document, null, 2)}\n`
    return [await writePieces(out(), vectorDbBenchFile(findings), [text])]
  },
}

/** The options that a format has beside `--as` and `--out`. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  runbook: ['plain', 'assume'],
  hdr: ['by'],
  csv: ['recall'],
  parquet: ['recall'],
}

const NAMES = Object.keys(FORMATS).join('|')

export const exportVerb: Verb = {
  name: 'export',
  usage: `RUN --as ${NAMES} [--out DIR]`,
  about: 'Writes a run in a format that other tools of the field read.',
  help: {
    as: 'runbook: big-ann streaming runbook with vectors and exact truth; hdr: HdrHistogram log; csv, parquet: every op; vectordbbench: result JSON',
    out: 'the folder to fill, new or empty (default: export-FORMAT in the run folder)',
    plain: 'runbook: nothing but the keys of the format, and as few steps as will do',
    assume:
      'runbook: what a write of unknown outcome did: applied or ignored (default: refuse a run that hangs on it)',
    by: 'hdr: a histogram a second or a phase (default second)',
    recall: 'csv, parquet: judge each search against exact truth, which takes as long as analyse',
  },
  example: 'driftmark export runs/burst-hnsw-1-2026-01-31T10-00-00 --as parquet --out burst',
  options: {
    as: { type: 'string' },
    out: { type: 'string' },
    plain: { type: 'boolean' },
    assume: { type: 'string' },
    by: { type: 'string' },
    recall: { type: 'boolean' },
  },
  run: async (given, io) => {
    expectWords(exportVerb, given, 1, 1)
    const format = given.text('as') ?? ''
    const write = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined
    if (!write) {
      const what = `--as takes ${NAMES.replaceAll('|', ', ')}, not "${format}"`
      throw problem('USAGE', { what, verb: 'export' })
    }
    expectOptions('export', given, ['as', 'out', ...(OWN[format] ?? [])], `--as ${format}`)
    const dir = runFolder(given.positionals[0]!, io.cwd)
    const out = resolve(io.cwd, given.text('out') ?? join(dir, `export-${format}`))
    const paths = await write({ dir, out: () => freshFolder(out), given, io })
    for (const path of paths) io.say(`wrote ${path}`)
    return EXIT.pass
  },
}

/** A run for what needs no vector: its dataset is there in name only, so that an export needs neither the data nor its memory. */
const runWithoutData = async (dir: string): Promise<RunData> => {
  const run = await readRun(dir)
  const { name, fingerprint } = run.manifest.dataset
  const source = { kind: 'memory' as const }
  const dataset = { name, fingerprint, rows: 0, revisions: 1, models: [], cluster: () => 0, source }
  return { ...run, dataset }
}

/** One of the words an option takes; the first if it is left out. */
const oneOf = <const T extends string>(
  given: Given,
  name: string,
  words: readonly [T, ...T[]],
): T => {
  const found = given.text(name) ?? words[0]
  const word = words.find((one) => one === found)
  if (word !== undefined) return word
  throw problem('USAGE', {
    what: `--${name} takes ${words.join(' or ')}, not "${found}"`,
    verb: 'export',
  })
}

const assumeOf = (given: Given): Assume | null =>
  given.text('assume') === undefined ? null : oneOf(given, 'assume', ['applied', 'ignored'])

const tablesOf = async ({ dir, given }: Job) => {
  if (!given.flag('recall')) {
    const run = await runWithoutData(dir)
    return [historyTable(run), gaugesTable(run)]
  }
  const view = viewOf(await runData(dir))
  return [historyTable(view.run, recallOf(view)), gaugesTable(view.run)]
}

const recallOf = (view: View): RecallOf => {
  const { count } = view.trace.ops
  const recall = {
    low: new Float64Array(count).fill(Number.NaN),
    high: new Float64Array(count).fill(Number.NaN),
  }
  const table = judgeSearches(view, [])
  table.op.forEach((op, s) => {
    recall.low[op] = table.low[s]!
    recall.high[op] = table.high[s]!
  })
  return recall
}
