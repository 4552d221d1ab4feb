import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  CATALOG,
  describeDataset,
  isPacked,
  openDataset,
  openPacked,
  type Packed,
} from '../../datasets/index.ts'
import { EXIT, problem } from '../errors.ts'
import type { Metric } from '../model/index.ts'
import { agreementLines, agreementOf } from './truth/given.ts'
import { expectMetric, expectWords, type Given, type Io, type Verb } from './verb.ts'

export const dataset: Verb = {
  name: 'dataset',
  usage:
    '[NAME | FILE --queries FILE | FILE.hdf5 | FOLDER] [--metric l2|cosine|ip] [--set parameter=value …]',
  about:
    'Describes a dataset and its fingerprint, and checks the neighbours that it gives; without a name, lists the catalog.',
  help: {
    queries: 'the file of queries, where the rows come from a file',
    metric: 'the metric it must serve (default l2)',
    set: 'a parameter of the dataset: --set rows=10000',
    sample:
      'how many queries the given neighbours of an HDF5 file or a folder are checked for (default 100)',
  },
  example: 'driftmark dataset readmes',
  options: {
    queries: { type: 'string' },
    metric: { type: 'string' },
    set: { type: 'string', multiple: true },
    sample: { type: 'string' },
  },
  run: async (given, io) => {
    expectWords(dataset, given, 0, 1)
    const name = given.positionals[0]
    if (name === undefined) {
      for (const [known, { about }] of Object.entries(CATALOG))
        io.out(`${known.padEnd(12)}${about}`)
      return EXIT.pass
    }
    const told = given.text('metric')
    const metric = told ?? 'l2'
    expectMetric(metric, 'dataset')
    const parameters = Object.fromEntries(given.texts('set').map(parameter))
    if (!(name in CATALOG) && isPacked(resolve(io.cwd, name))) {
      const file = { file: name, ...parameters }
      return packed(await openPacked(file, told ? (metric as Metric) : null, io.cwd), given, io)
    }
    const source = name in CATALOG ? { name } : filesOf(name, given, io)
    io.out(
      describeDataset(
        await openDataset({ ...source, ...parameters }, metric as Metric, io.cwd),
      ).trimEnd(),
    )
    return EXIT.pass
  },
}

/** A file of rows needs one of queries; what is neither a file nor of the catalog is a name mistyped. */
const filesOf = (name: string, given: Given, io: Io): { path: string; queries: string } => {
  if (!existsSync(resolve(io.cwd, name))) {
    throw problem('DATASET_UNKNOWN', { name, known: Object.keys(CATALOG).join(', ') })
  }
  const queries = given.text('queries')
  if (queries !== undefined) return { path: name, queries }
  const what = `${name} holds rows; name the file of its queries with --queries`
  throw problem('USAGE', { what, verb: 'dataset' })
}

/** A dataset that brings its queries, and checks of the neighbours that it gives. */
const packed = (opened: Packed, given: Given, io: Io): number => {
  const metric = (given.text('metric') ?? opened.metric ?? 'l2') as Metric
  io.out(describeDataset(opened.dataset).trimEnd())
  io.out(
    `  metric: ${metric}${opened.metric ? '' : ' (the files name none; --metric says another)'}`,
  )
  if (opened.note) io.out(`  ${opened.note}`)
  const agreement = agreementOf(opened, metric, given.whole('sample', 100, 1))
  if (!agreement) {
    io.out('  no neighbours are given')
    return EXIT.pass
  }
  for (const line of agreementLines(agreement)) io.out(line)
  return agreement.departures.length > 0 ? EXIT.failed : EXIT.pass
}

const parameter = (text: string): [string, string | number] => {
  const at = text.indexOf('=')
  if (at < 1)
    throw problem('USAGE', { what: `--set takes parameter=value, not "${text}"`, verb: 'dataset' })
  const value = text.slice(at + 1)
  return [text.slice(0, at), /^\d+(\.\d+)?$/.test(value) ? Number(value) : value]
}
