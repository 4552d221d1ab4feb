import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CaseResult, runContract } from '../../adapters/contract.ts'
import { clockFrom, monotonic } from '../drive/clock.ts'
import { EXIT, problem } from '../errors.ts'
import { reachTarget } from './reach.ts'
import { inAnotherProcess } from './second-process/index.ts'
import { parseTarget, type Target } from './target.ts'
import { expectWords, type Given, type Io, type Verb } from './verb.ts'

const MARK = { passed: 'passed', unsupported: 'unsupported', failed: 'FAILED' } as const

export const conform: Verb = {
  name: 'conform',
  usage: '--target T [--json]',
  about: 'Runs the behaviour suite on a target: what passed, what is unsupported, what is wrong.',
  help: { target: 'the target, as for run', json: 'one JSON object a case on stdout' },
  example: 'driftmark conform --target ./mine.ts',
  options: { target: { type: 'string' }, json: { type: 'boolean' } },
  run: async (given, io) => {
    expectWords(conform, given, 0, 0)
    const text = given.text('target')
    if (text === undefined)
      throw problem('USAGE', { what: 'conform needs --target', verb: 'conform' })
    const dir = await mkdtemp(join(tmpdir(), 'driftmark-'))
    try {
      return await conformIn(dir, parseTarget(text, io.cwd), given, io)
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  },
}

/** Runs the suite, on a server launched below `dir` where the target names none, and prints each case. */
const conformIn = async (dir: string, target: Target, given: Given, io: Io): Promise<number> => {
  const reached = await reachTarget(target, dir)
  const launch = reached.launched ? { launch: { dir, options: target.options } } : {}
  const counts = { passed: 0, unsupported: 0, failed: 0 }
  try {
    for await (const found of runContract(reached.adapter, reached.options, {
      clock: clockFrom(monotonic()),
      elsewhere: inAnotherProcess(target.adapter, reached.options),
      ...launch,
    })) {
      counts[found.outcome] += 1
      io.out(given.flag('json') ? JSON.stringify(found) : lineOf(found))
      if (io.interrupted.aborted) return EXIT.unknown
    }
  } finally {
    await reached.stop()
  }
  io.say(`${counts.passed} passed, ${counts.failed} failed, ${counts.unsupported} unsupported`)
  return counts.failed > 0 ? EXIT.failed : EXIT.pass
}

const lineOf = ({ name, outcome, detail }: CaseResult): string =>
  `${MARK[outcome].padEnd(12)}${name}${detail ? ` — ${detail}` : ''}`
