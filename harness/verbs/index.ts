import packageJson from '../../package.json' with { type: 'json' }
import { problem } from '../errors.ts'
import type { Verb } from './verb.ts'

export const VERSION: string = packageJson.version

/** Every verb, imported only when it is asked for: `driftmark compile` need not load a chart library. */
const VERBS: Readonly<Record<string, { about: string; load: () => Promise<Verb> }>> = {
  run: {
    about: 'play a scenario against targets and report what was found',
    load: async () => (await import('./run.ts')).run,
  },
  compile: {
    about: 'show what a scenario would ask, and its hash',
    load: async () => (await import('./compile.ts')).compileVerb,
  },
  analyse: {
    about: 'compute the findings of a run again',
    load: async () => (await import('./analyse.ts')).analyseVerb,
  },
  report: {
    about: 'write the page of one run or several',
    load: async () => (await import('./report.ts')).report,
  },
  compare: {
    about: 'set runs of one trace side by side',
    load: async () => (await import('./compare.ts')).compare,
  },
  calibrate: {
    about: 'measure an engine whose truth is known, and judge the instrument',
    load: async () => (await import('./calibrate.ts')).calibrate,
  },
  conform: {
    about: 'run the behaviour suite on a target',
    load: async () => (await import('./conform.ts')).conform,
  },
  targets: {
    about: 'list the adapters and what this machine can launch',
    load: async () => (await import('./targets.ts')).targets,
  },
  export: {
    about: 'write a run in a format that other tools read',
    load: async () => (await import('./export.ts')).exportVerb,
  },
  dataset: {
    about: 'describe a dataset, or list the catalog',
    load: async () => (await import('./dataset.ts')).dataset,
  },
  import: {
    about: 'read a file of the field: a runbook becomes a scenario',
    load: async () => (await import('./import.ts')).importVerb,
  },
}

/** The verb of a name; an unknown one is a USAGE error that lists them. */
export const findVerb = async (name: string): Promise<Verb> => {
  const entry = VERBS[name]
  if (!entry) {
    const what = `there is no verb "${name}"; there are ${Object.keys(VERBS).join(', ')}`
    throw problem('USAGE', { what, verb: 'VERB' })
  }
  return entry.load()
}

export const VERB_NAMES: readonly string[] = Object.keys(VERBS)

/** The text of `driftmark --help`. */
export const overview = (): string =>
  [
    `driftmark ${VERSION}: how long a write takes to become searchable, and how recall drifts`,
    '',
    ...Object.entries(VERBS).map(([name, { about }]) => `  driftmark ${name.padEnd(10)} ${about}`),
    '',
    'driftmark VERB --help tells more. Exit codes: 0 pass, 1 a check failed, 2 unknown, 64 usage, 69 unreachable, 70 our bug.',
    '',
  ].join('\n')
