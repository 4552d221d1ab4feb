import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  openSession,
  progressLine,
  type Session,
  writeManifest,
  writeTrace,
} from '../drive/index.ts'
import { isProblem } from '../errors.ts'
import type { Dataset, Manifest, Trace } from '../model/index.ts'
import { probedRows, rebuildControls, viewAfter } from './after-run.ts'
import { lastCalibration } from './calibration-record.ts'
import { VERSION } from './index.ts'
import { thisMachine } from './machine.ts'
import { type Reached, reachTarget, sentence, unopened } from './reach.ts'
import { redact } from './redact.ts'
import type { Target } from './target.ts'
import type { Io } from './verb.ts'
import { writableFolder } from './writing.ts'

/** What is played: one trace, against one target, into a folder below `out`. */
export interface Play {
  readonly trace: Trace
  readonly dataset: Dataset
  readonly target: Target
  readonly out: string
  /** Threads that send (default 1). */
  readonly senders?: number
  /** The folder that relative paths of the dataset resolve against. */
  readonly base?: string
  /** The command that repeats this run, secrets still in it. */
  readonly command: string
}

/** Plays a trace against a target and returns the run folder; what was launched ends with it, whatever happens. */
export const playTarget = async (play: Play, io: Io): Promise<string> => {
  const started = new Date()
  const { scenario, seed } = play.trace.meta
  const id = `${scenario.name}-${play.target.label}-${seed}-${stamp(started)}`
  const run = { id, started, dir: join(play.out, id) }
  const scratch = await mkdtemp(join(tmpdir(), 'driftmark-'))
  try {
    const reached = await reachTarget(play.target, scratch, scenario.client.durability)
    try {
      const session = await open(reached, play, run, io)
      try {
        await record(session, reached, play, run, io)
      } finally {
        await orTold(session.close(), `${id}: what the run left behind could not be removed`, io)
      }
    } finally {
      await reached.stop()
      await keepLogs(scratch, run.dir)
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return run.dir
}

/** What a launched server wrote, if it wrote anything, stays with the run. */
const keepLogs = async (scratch: string, dir: string): Promise<void> => {
  if (!existsSync(dir)) return
  for (const name of await readdir(scratch)) {
    const file = join(scratch, name)
    if (name.endsWith('.log') && (await stat(file)).size > 0) await copyFile(file, join(dir, name))
  }
}

interface Run {
  readonly id: string
  readonly dir: string
  readonly started: Date
}

/** Errors: those of `openSession`; TARGET_OPTIONS or TARGET_UNREACHABLE where the adapter cannot open its collection. */
const open = async (
  reached: Reached,
  play: Play,
  { id, dir, started }: Run,
  io: Io,
): Promise<Session> => {
  const print = progressPrinter(io)
  const name = `${play.trace.meta.scenario.name} on ${play.target.label}`
  try {
    return await openSession({
      adapter: play.target.adapter,
      options: reached.options,
      parsed: true,
      trace: play.trace,
      dataset: play.dataset,
      dir,
      prefix: `dm_${started.getTime().toString(36)}`,
      ...(reached.pid === undefined ? {} : { enginePid: reached.pid }),
      ...(play.senders === undefined ? {} : { senders: play.senders }),
      onStatsFailure: (why) =>
        io.say(`${id}: the engine's own gauges could not be read: ${sentence(new Error(why))}`),
      onProgress: (progress) => print(`${name} · ${progressLine(progress)}`),
    })
  } catch (error) {
    if (isProblem(error)) throw error
    throw unopened(play.target, error)
  }
}

const record = async (
  session: Session,
  reached: Reached,
  play: Play,
  run: Run,
  io: Io,
): Promise<void> => {
  io.status(`${run.id}: loading ${play.trace.meta.preload} rows`)
  const preloadedBy = await session.preload()
  const plan = await session.plan()
  await writableFolder(run.dir)
  writeTrace(run.dir, play.trace)
  writeManifest(run.dir, await manifestOf(session, reached, play, run, { preloadedBy, plan }))
  const { interrupted } = await session.play(io.interrupted)
  if (interrupted) return
  io.status(`${run.id}: looking up the probed rows`)
  const told = (line: string) => io.status(`${run.id}: ${line}`)
  await orTold(session.planAfter(), `${run.id}: what plan its searches followed was not told`, io)
  const asked = async () => {
    const view = viewAfter(play.trace, play.dataset, run.dir)
    await session.lookups(probedRows(view))
    const controls = { view, interrupted: io.interrupted, told }
    await rebuildControls(session, controls)
  }
  await orTold(asked(), `${run.id}: what is asked after the run was not answered`, io)
}

/** The run is over and its history written: what fails now is told, and missing from the findings. */
const orTold = async (work: Promise<unknown>, what: string, io: Io): Promise<void> => {
  try {
    await work
  } catch (error) {
    io.say(`${what}: ${sentence(error)}`)
  }
}

const manifestOf = async (
  { capabilities, facts }: Session,
  reached: Reached,
  { trace, dataset, base, target, senders = 1, command }: Play,
  { id, started }: Run,
  { preloadedBy, plan }: { preloadedBy: Manifest['preloadedBy']; plan: string | null },
): Promise<Manifest> => ({
  format: 'driftmark-run/1',
  id,
  scenario: trace.meta.scenario,
  seed: trace.meta.seed,
  trace: trace.meta.hash,
  dataset: {
    name: dataset.name,
    fingerprint: dataset.fingerprint,
    ...(base === undefined ? {} : { base }),
  },
  target: {
    label: target.label,
    adapter: reached.adapter.name,
    inProcess: reached.inProcess,
    launched: reached.launched,
  },
  engine: plan === null ? facts : { ...facts, plan },
  capabilities,
  preloadedBy,
  driver: 'embedded',
  senders,
  started: started.toISOString(),
  command: redact(command),
  versions: { driftmark: VERSION, node: process.versions.node },
  host: thisMachine(),
  calibration: await lastCalibration(),
})

/** On a terminal one line that moves; elsewhere a plain line each five seconds. */
const progressPrinter = (io: Io): ((line: string) => void) => {
  let last = 0
  return (line) => {
    if (io.isTerminal) return io.status(line)
    const now = performance.now()
    if (now - last < 5_000) return
    last = now
    io.say(line)
  }
}

const stamp = (date: Date): string => date.toISOString().slice(0, 19).replaceAll(':', '-')
