import { join } from 'node:path'
import { findingsLine } from './findings-line.ts'
import { analyseFolder, exitOf, reportInput, runFolder, writePage } from './run-folder.ts'
import { expectWords, type Verb } from './verb.ts'

export const analyseVerb: Verb = {
  name: 'analyse',
  usage: 'RUN [--json]',
  about:
    'Computes the findings of a run again from its files, and writes findings.json and report.html.',
  help: { json: 'print the findings on stdout, one object on a line' },
  example: 'driftmark analyse runs/burst-hnsw-1-2026-01-31T10-00-00',
  options: { json: { type: 'boolean' } },
  run: async (given, io) => {
    expectWords(analyseVerb, given, 1, 1)
    const dir = runFolder(given.positionals[0]!, io.cwd)
    const findings = await analyseFolder(dir)
    await writePage(join(dir, 'report.html'), [await reportInput(dir)])
    findingsLine(findings, given.flag('json'), io)
    return exitOf(findings)
  },
}
