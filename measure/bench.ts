/**
 * `npm run bench`: the four scenarios on every engine that this machine can launch by itself, the same trace for each,
 * on one page. No server has to be installed. `-- --figure FILE.svg` also writes the curve of the first scenario, `-- --senders N` sends from
 * N threads.
 */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { MOST_SENDERS } from '../harness/drive/index.ts'
import { EXIT, isProblem } from '../harness/errors.ts'
import { playTarget } from '../harness/verbs/play.ts'
import {
  analyseFolder,
  exitOf,
  reportInput,
  worst,
  writePage,
} from '../harness/verbs/run-folder.ts'
import { prepareScenario } from '../harness/verbs/scenario-file.ts'
import { parseTarget } from '../harness/verbs/target.ts'
import { headline } from '../reports/headline.ts'
import { book, type ReportInput, standaloneEcdf } from '../reports/index.ts'
import { consoleIo } from './console.ts'

const SCENARIOS = ['streaming-insert', 'burst', 'delete-heavy', 're-embed']
const TARGETS = ['hnsw', 'pgvector']

const io = consoleIo()
const out = resolve('runs')
const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name)
  return at > 0 ? process.argv[at + 1] : undefined
}
const senders = Number(option('--senders') ?? 1)
if (!(Number.isInteger(senders) && senders >= 1 && senders <= MOST_SENDERS)) {
  console.error(`--senders takes a whole number from 1 to ${MOST_SENDERS}`)
  process.exit(EXIT.usage)
}

/** Plays one bench scenario on every target; a target that cannot be reached is told and left out. */
const chapter = async (name: string): Promise<{ inputs: ReportInput[]; codes: number[] }> => {
  const file = `scenarios/bench/${name}.yaml`
  const prepared = await prepareScenario(resolve(file), [], 1)
  const inputs: ReportInput[] = []
  const codes: number[] = []
  for (const text of TARGETS) {
    if (io.interrupted.aborted) break
    try {
      const target = parseTarget(text, io.cwd)
      const command = `driftmark run ${file} --target ${text} --senders ${senders}`
      const dir = await playTarget({ ...prepared, target, out, senders, command }, io)
      const findings = await analyseFolder(dir, prepared.dataset)
      const input = await reportInput(dir)
      await writePage(resolve(dir, 'report.html'), [input])
      io.say(headline(findings))
      inputs.push(input)
      codes.push(exitOf(findings))
    } catch (error) {
      if (!isProblem(error)) throw error
      io.say(`${text}: ${error.message} [${error.code}]`)
      codes.push(error.exit)
    }
  }
  return { inputs, codes }
}

const started = performance.now()
const chapters: ReportInput[][] = []
const codes: number[] = []
for (const name of SCENARIOS) {
  const played = await chapter(name)
  if (played.inputs.length > 0) chapters.push(played.inputs)
  codes.push(...played.codes)
}
const figure = option('--figure')
if (figure !== undefined && chapters[0]) {
  await writeFile(resolve(figure), (await standaloneEcdf(chapters[0])) ?? '')
}
const page = resolve(out, 'bench.html')
if (chapters.length > 0) {
  const about =
    'Streaming insert, burst, delete-heavy and re-embed load on the paragraphs of the dependencies’ documentation: how long a write takes to become searchable, and how recall drifts. PGlite stands in for PostgreSQL: one process, not comparable with a server.'
  await writeFile(page, await book('driftmark bench', about, chapters))
  io.say(`\n${((performance.now() - started) / 60_000).toFixed(1)} minutes. Open ${page}`)
}
// A verdict on an engine, or on this machine, is for the page: the bench has done its work once every run is on it.
process.exitCode = io.interrupted.aborted
  ? EXIT.unknown
  : worst(codes.filter((code) => code > EXIT.unknown))
