/**
 * `npm run bench`: the four scenarios on engines that this machine can launch by itself, the same trace for each, on one page. No server
 * has to be installed. `-- --target T` measures what it names instead, once or several times, as `run` does; `--senders N` sends from N
 * threads; `--figure FILE.svg` also writes the curve of the first scenario.
 */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { MOST_SENDERS } from '../harness/drive/index.ts'
import { EXIT, isProblem } from '../harness/errors.ts'
import { playTarget } from '../harness/verbs/play.ts'
import { checkTarget } from '../harness/verbs/reach.ts'
import { quote } from '../harness/verbs/redact.ts'
import {
  analyseFolder,
  exitOf,
  reportInput,
  worst,
  writePage,
} from '../harness/verbs/run-folder.ts'
import { prepareScenario } from '../harness/verbs/scenario-file.ts'
import { parseTargets, type Target } from '../harness/verbs/target.ts'
import { headline } from '../reports/headline.ts'
import { book, type ReportInput, standaloneEcdf } from '../reports/index.ts'
import { targetsHere } from './bench-targets.ts'
import { consoleIo } from './console.ts'

const SCENARIOS = ['streaming-insert', 'burst', 'delete-heavy', 're-embed']
const ABOUT =
  'Streaming insert, burst, delete-heavy and re-embed load on the paragraphs of the dependencies’ documentation: how long a write takes to become searchable, and how recall drifts.'

interface Plan {
  readonly targets: readonly Target[]
  readonly leftOut: readonly string[]
  readonly senders: number
  readonly figure: string | undefined
}

const io = consoleIo()
const out = resolve('runs')

/** The command line, read; a sentence says what is wrong with it. */
const readPlan = async (): Promise<Plan | string> => {
  try {
    const { values } = parseArgs({
      options: {
        target: { type: 'string', multiple: true },
        senders: { type: 'string', default: '1' },
        figure: { type: 'string' },
      },
    })
    const senders = Number(values.senders)
    if (!(Number.isInteger(senders) && senders >= 1 && senders <= MOST_SENDERS))
      return `--senders takes a whole number from 1 to ${MOST_SENDERS}`
    const { targets, leftOut } = values.target
      ? { targets: values.target, leftOut: [] }
      : await targetsHere()
    const parsed = parseTargets(targets, io.cwd)
    for (const target of parsed) await checkTarget(target)
    return { targets: parsed, leftOut, senders, figure: values.figure }
  } catch (error) {
    if (isProblem(error) || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS'))
      return (error as Error).message
    throw error
  }
}

/** Plays one bench scenario on every target; a target that cannot be reached is told and left out. */
const chapter = async (
  name: string,
  { targets, senders }: Plan,
): Promise<{ inputs: ReportInput[]; codes: number[] }> => {
  const file = `scenarios/bench/${name}.yaml`
  const prepared = await prepareScenario(resolve(file), [], 1)
  const inputs: ReportInput[] = []
  const codes: number[] = []
  for (const target of targets) {
    if (io.interrupted.aborted) break
    try {
      const command = `driftmark run ${file} --target ${quote(target.text)} --senders ${senders}`
      const dir = await playTarget({ ...prepared, target, out, senders, command }, io)
      const findings = await analyseFolder(dir, prepared.dataset)
      const input = await reportInput(dir)
      await writePage(resolve(dir, 'report.html'), [input])
      io.say(headline(findings))
      inputs.push(input)
      codes.push(exitOf(findings))
    } catch (error) {
      if (!isProblem(error)) throw error
      io.say(`${target.label}: ${error.message} [${error.code}]`)
      codes.push(error.exit)
    }
  }
  return { inputs, codes }
}

const bench = async (plan: Plan): Promise<number> => {
  const started = performance.now()
  for (const line of plan.leftOut) io.say(line)
  const chapters: ReportInput[][] = []
  const codes: number[] = []
  for (const name of SCENARIOS) {
    const played = await chapter(name, plan)
    if (played.inputs.length > 0) chapters.push(played.inputs)
    codes.push(...played.codes)
  }
  if (plan.figure !== undefined && chapters[0])
    await writeFile(resolve(plan.figure), (await standaloneEcdf(chapters[0])) ?? '')
  const page = resolve(out, 'bench.html')
  if (chapters.length > 0) {
    await writeFile(
      page,
      await book('driftmark bench', [ABOUT, ...plan.leftOut].join(' '), chapters),
    )
    io.say(`\n${((performance.now() - started) / 60_000).toFixed(1)} minutes. Open ${page}`)
  }
  // A verdict on an engine, or on this machine, is for the page: the bench has done its work once every run is on it.
  return io.interrupted.aborted ? EXIT.unknown : worst(codes.filter((code) => code > EXIT.unknown))
}

const plan = await readPlan()
if (typeof plan === 'string') {
  console.error(`bench: ${plan}`)
  process.exitCode = EXIT.usage
} else {
  process.exitCode = await bench(plan)
}
