import { spawn } from 'node:child_process'
import { isAbsolute, join, resolve } from 'node:path'
import { unlikeLine } from '../../reports/index.ts'
import { MOST_SENDERS } from '../drive/index.ts'
import { isProblem, problem } from '../errors.ts'
import { findingsLine } from './findings-line.ts'
import { playTarget } from './play.ts'
import { checkTarget } from './reach.ts'
import { quote } from './redact.ts'
import { analyseFolder, exitOf, reportInput, worst, writePage } from './run-folder.ts'
import { type Prepared, prepare, SCENARIO_HELP, SCENARIO_OPTIONS } from './scenario-file.ts'
import { parseTargets, type Target } from './target.ts'
import { expectWords, type Given, type Io, type Verb } from './verb.ts'
import { writableFolder } from './writing.ts'

export const run: Verb = {
  name: 'run',
  usage: 'SCENARIO --target T [--target T …] [--senders N] [--repeat N] [--out DIR] [--open]',
  about:
    'Plays a scenario against one target or several, one after the other on the same trace, and reports.',
  help: {
    target:
      '[label@]name[=url | :json] or [label@]path.ts[:json]; a bare name launches a throwaway local server',
    ...SCENARIO_HELP,
    senders:
      'threads that send, each with connections of its own (default 1); the first probes and controls, the others write',
    repeat: 'play it so many times on each target (default 1)',
    out: 'where the run folders go (default runs)',
    driver: 'embedded (the default)',
    json: 'print the findings on stdout, one object on a line',
    open: 'open the page when done',
  },
  example: 'driftmark run scenarios/burst.yaml --target hnsw --target pgvector --open',
  options: {
    ...SCENARIO_OPTIONS,
    target: { type: 'string', multiple: true },
    senders: { type: 'string' },
    repeat: { type: 'string' },
    out: { type: 'string' },
    driver: { type: 'string' },
    json: { type: 'boolean' },
    open: { type: 'boolean' },
  },
  run: async (given, io) => {
    expectWords(run, given, 1, 1)
    const targets = parseTargets(given.texts('target'), io.cwd)
    if (targets.length === 0) throw problem('USAGE', { what: 'run needs a --target', verb: 'run' })
    const driver = given.text('driver') ?? 'embedded'
    if (driver !== 'embedded') {
      throw problem('USAGE', { what: `--driver takes embedded, not "${driver}"`, verb: 'run' })
    }
    const senders = sendersOf(given, targets)
    for (const target of targets) await checkTarget(target)
    await writableFolder(outFolder(given, io))
    const prepared = await prepare(given, io)
    const { dirs, codes } = await playAll({ ...prepared, senders }, targets, given, io)
    if (dirs.length > 1) await comparisonPage(prepared, dirs, given, io)
    const shown =
      dirs.length > 1
        ? comparisonFile(prepared, given, io)
        : dirs.map((dir) => join(dir, 'report.html'))[0]
    if (given.flag('open') && shown !== undefined) openPage(shown, io)
    return worst(codes)
  },
}

/** How many threads send. An adapter of one's own runs inside the harness, where a second sender would find another engine. */
const sendersOf = (given: Given, targets: readonly Target[]): number => {
  const senders = given.whole('senders', 1, 1)
  const own = targets.find(({ adapter }) => isAbsolute(adapter))
  const refuse = (what: string) => problem('USAGE', { what, verb: 'run' })
  if (senders > MOST_SENDERS) {
    throw refuse(`--senders takes at most ${MOST_SENDERS}, not ${senders}`)
  }
  if (senders > 1 && own !== undefined) {
    throw refuse(`${own.text} is loaded by path and runs inside the harness: it takes one sender`)
  }
  return senders
}

/** Plays every target in turn; one that cannot be reached, or a bug, ends its own run and is told, not the others'. */
const playAll = async (
  prepared: Prepared & { readonly senders: number },
  targets: readonly Target[],
  given: Given,
  io: Io,
) => {
  const out = outFolder(given, io)
  const repeats = given.whole('repeat', 1, 1)
  const command = `driftmark ${io.words.map(quote).join(' ')}`
  const dirs: string[] = []
  const codes: number[] = []
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const target of targets) {
      if (io.interrupted.aborted) {
        io.say(`${target.label}: not played, since the command was told to stop`)
        continue
      }
      try {
        const dir = await playTarget({ ...prepared, target, out, command }, io)
        const findings = await analyseFolder(dir, prepared.dataset)
        await writePage(join(dir, 'report.html'), [await reportInput(dir)])
        findingsLine(findings, given.flag('json'), io)
        io.say(`  ${join(dir, 'report.html')}`)
        dirs.push(dir)
        codes.push(exitOf(findings))
      } catch (error) {
        if (!isProblem(error) || targets.length * repeats === 1) throw error
        io.say(`driftmark: ${error.message} [${error.code}]`)
        codes.push(error.exit)
      }
    }
  }
  return { dirs, codes }
}

const outFolder = (given: Given, io: Io): string => resolve(io.cwd, given.text('out') ?? 'runs')

const comparisonFile = ({ trace }: Prepared, given: Given, io: Io): string =>
  join(outFolder(given, io), `${trace.meta.scenario.name}-${trace.meta.seed}.html`)

const comparisonPage = async (
  prepared: Prepared,
  dirs: readonly string[],
  given: Given,
  io: Io,
) => {
  const file = comparisonFile(prepared, given, io)
  const inputs = await Promise.all(dirs.map(reportInput))
  await writePage(file, inputs)
  const unlike = unlikeLine(inputs)
  if (unlike !== null) io.say(unlike)
  io.say(`side by side: ${file}`)
}

/** Opens a file as the desktop would; a machine without one is told where the page is. */
const openPage = (file: string, io: Io): void => {
  const command =
    process.platform === 'darwin' ? 'open' : process.platform === 'win32' ? 'start' : 'xdg-open'
  spawn(command, [file], { detached: true, stdio: 'ignore', shell: process.platform === 'win32' })
    .on('error', () => io.say(`no program opens pages here; the page is ${file}`))
    .unref()
}
