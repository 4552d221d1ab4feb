import { resolve } from 'node:path'
import { describeTrace } from '../compile/index.ts'
import { EXIT, unwritable } from '../errors.ts'
import { prepare, SCENARIO_HELP, SCENARIO_OPTIONS } from './scenario-file.ts'
import { expectWords, type Verb } from './verb.ts'

export const compileVerb: Verb = {
  name: 'compile',
  usage: 'SCENARIO [--seed N] [--set path=value …] [--out trace.arrow]',
  about: 'Compiles a scenario: prints the hash of its trace, then what the trace holds.',
  help: { ...SCENARIO_HELP, out: 'write the trace to this file' },
  example: 'driftmark compile scenarios/burst.yaml --seed 7',
  options: { ...SCENARIO_OPTIONS, out: { type: 'string' } },
  run: async (given, io) => {
    expectWords(compileVerb, given, 1, 1)
    const { trace } = await prepare(given, io)
    io.out(trace.meta.hash)
    io.out(describeTrace(trace).trimEnd())
    const out = given.text('out')
    if (out !== undefined) {
      const { writeTraceFile } = await import('../drive/index.ts')
      const file = resolve(io.cwd, out)
      try {
        writeTraceFile(file, trace)
      } catch (error) {
        throw unwritable(file, error)
      }
    }
    return EXIT.pass
  },
}
