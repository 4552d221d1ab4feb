import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ADAPTER_ABOUT, ADAPTER_NAMES } from '../../adapters/index.ts'
import { EXIT, isProblem } from '../errors.ts'
import { reachTarget } from './reach.ts'
import { parseTarget } from './target.ts'
import { expectWords, type Verb } from './verb.ts'

export const targets: Verb = {
  name: 'targets',
  usage: '[--json]',
  about:
    'Lists the adapters, launches each once, and says which are ready here and what the others lack.',
  help: { json: 'one JSON object a target on stdout' },
  example: 'driftmark targets',
  options: { json: { type: 'boolean' } },
  run: async (given, io) => {
    expectWords(targets, given, 0, 0)
    for (const name of ADAPTER_NAMES) {
      const state = await readiness(name)
      if (given.flag('json'))
        io.out(JSON.stringify({ target: name, about: ADAPTER_ABOUT[name], ...state }))
      else
        io.out(
          `${name.padEnd(10)} ${state.ready ? 'ready    ' : 'not ready'}  ${ADAPTER_ABOUT[name]}${state.detail ? ` — ${state.detail}` : ''}`,
        )
    }
    return EXIT.pass
  },
}

/** Whether a throwaway server of that name can be launched here: its version, or what is missing. */
export const readiness = async (name: string): Promise<{ ready: boolean; detail: string }> => {
  const dir = await mkdtemp(join(tmpdir(), 'driftmark-'))
  try {
    const reached = await reachTarget(parseTarget(name, dir), dir)
    const facts = await reached.adapter.describe(reached.options)
    await reached.stop()
    return { ready: true, detail: String(facts.version ?? '') }
  } catch (error) {
    if (!isProblem(error)) throw error
    return { ready: false, detail: error.message }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
