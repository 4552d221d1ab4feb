import { resolve } from 'node:path'
import { markdown, page, type ReportInput, unlikeLine } from '../../reports/index.ts'
import { problem } from '../errors.ts'
import { exitOf, othersIn, reportInput, runFolder, worst } from './run-folder.ts'
import { expectWords, type Verb } from './verb.ts'
import { writeText } from './writing.ts'

/** Runs compare only if their trace, k and metric are the same (definitions §6): the hash holds all three. */
export const sameTrace = (inputs: readonly ReportInput[]): void => {
  const [first, ...others] = inputs
  for (const other of others) {
    if (other.findings.run.trace === first!.findings.run.trace) continue
    throw problem('TRACES_DIFFER', {
      first: `${first!.findings.run.id} (${first!.findings.run.scenario}, seed ${first!.findings.run.seed})`,
      other: `${other.findings.run.id} (${other.findings.run.scenario}, seed ${other.findings.run.seed})`,
    })
  }
}

export const compare: Verb = {
  name: 'compare',
  usage: 'RUN RUN… [--others FILE …] [--out page.html]',
  about: 'Sets runs of one trace side by side: a table on stdout, and a page with --out.',
  help: {
    others: 'results of another benchmark, or what import made of them, in a table of their own',
    out: 'write the comparison page to this file',
  },
  example: 'driftmark compare runs/burst-hnsw-1-* runs/burst-pgvector-1-* --out burst.html',
  options: { others: { type: 'string', multiple: true }, out: { type: 'string' } },
  run: async (given, io) => {
    expectWords(compare, given, 2, Infinity)
    const inputs = await Promise.all(
      given.positionals.map((path) => reportInput(runFolder(path, io.cwd))),
    )
    sameTrace(inputs)
    const others = await othersIn(given, io)
    const unlike = unlikeLine(inputs)
    if (unlike !== null) io.say(unlike)
    io.out(markdown(inputs, others).trimEnd())
    const out = given.text('out')
    if (out !== undefined) {
      await writeText(resolve(io.cwd, out), await page(inputs, others))
      io.say(`wrote ${resolve(io.cwd, out)}`)
    }
    return worst(inputs.map(({ findings }) => exitOf(findings)))
  },
}
