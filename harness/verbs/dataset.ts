import { CATALOG, describeDataset, openDataset } from '../../datasets/index.ts'
import { EXIT, problem } from '../errors.ts'
import type { Metric } from '../model/index.ts'
import { expectWords, type Verb } from './verb.ts'

export const dataset: Verb = {
  name: 'dataset',
  usage: '[NAME | FILE --queries FILE] [--metric l2|cosine|ip] [--set parameter=value …]',
  about: 'Describes a dataset and its fingerprint; without a name, lists the catalog.',
  help: {
    queries: 'the file of queries, where the rows come from a file',
    metric: 'the metric it must serve (default l2)',
    set: 'a parameter of the dataset: --set rows=10000',
  },
  example: 'driftmark dataset readmes',
  options: {
    queries: { type: 'string' },
    metric: { type: 'string' },
    set: { type: 'string', multiple: true },
  },
  run: async (given, io) => {
    expectWords(dataset, given, 0, 1)
    const name = given.positionals[0]
    if (name === undefined) {
      for (const [known, { about }] of Object.entries(CATALOG))
        io.out(`${known.padEnd(12)}${about}`)
      return EXIT.pass
    }
    const metric = given.text('metric') ?? 'l2'
    if (!['l2', 'cosine', 'ip'].includes(metric)) {
      throw problem('USAGE', {
        what: `--metric takes l2, cosine or ip, not "${metric}"`,
        verb: 'dataset',
      })
    }
    const parameters = Object.fromEntries(given.texts('set').map(parameter))
    const source = name in CATALOG ? { name } : { path: name, queries: given.text('queries') ?? '' }
    io.out(
      describeDataset(
        await openDataset({ ...source, ...parameters }, metric as Metric, io.cwd),
      ).trimEnd(),
    )
    return EXIT.pass
  },
}

const parameter = (text: string): [string, string | number] => {
  const at = text.indexOf('=')
  if (at < 1)
    throw problem('USAGE', { what: `--set takes parameter=value, not "${text}"`, verb: 'dataset' })
  const value = text.slice(at + 1)
  return [text.slice(0, at), /^\d+(\.\d+)?$/.test(value) ? Number(value) : value]
}
