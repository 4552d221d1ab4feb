import { join, resolve } from 'node:path'
import { markdown, page } from '../../reports/index.ts'
import { findingsJson } from '../analysis/index.ts'
import { EXIT, problem } from '../errors.ts'
import { sameTrace } from './compare.ts'
import { othersIn, reportInput, runFolder } from './run-folder.ts'
import { expectWords, type Verb } from './verb.ts'
import { writeText } from './writing.ts'

export const report: Verb = {
  name: 'report',
  usage: 'RUN… [--others FILE …] [--out page.html] [--format html|md|json]',
  about: 'Writes the page of one run, or of several runs of one trace side by side.',
  help: {
    others: 'results of another benchmark, or what import made of them, in a table of their own',
    out: 'where to write it (default: report.html in the run folder; stdout for md and json)',
    format: 'html, md or json (default html)',
  },
  example: 'driftmark report runs/burst-hnsw-1-* --format md',
  options: {
    others: { type: 'string', multiple: true },
    out: { type: 'string' },
    format: { type: 'string' },
  },
  run: async (given, io) => {
    expectWords(report, given, 1, Infinity)
    const format = given.text('format') ?? 'html'
    const dirs = given.positionals.map((path) => runFolder(path, io.cwd))
    const inputs = await Promise.all(dirs.map(reportInput))
    sameTrace(inputs)
    const others = await othersIn(given, io)
    const out = given.text('out')
    const text = await (async () => {
      if (format === 'html') return page(inputs, others)
      if (format === 'md') return markdown(inputs, others)
      if (format === 'json') return inputs.map(({ findings }) => findingsJson(findings)).join('')
      throw problem('USAGE', {
        what: `--format takes html, md or json, not "${format}"`,
        verb: 'report',
      })
    })()
    if (out === undefined && format !== 'html') {
      io.out(text.trimEnd())
      return EXIT.pass
    }
    const file = out === undefined ? join(dirs[0]!, 'report.html') : resolve(io.cwd, out)
    await writeText(file, text)
    io.say(`wrote ${file}`)
    return EXIT.pass
  },
}
