import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { cpus, platform, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import {
  openSession,
  progressLine,
  type Session,
  writeManifest,
  writeTrace,
} from '../drive/index.ts'
import type { Dataset, Manifest, Trace } from '../model/index.ts'
import { probedRows, rebuildControls } from './after-run.ts'
import { lastCalibration } from './calibration-record.ts'
import { VERSION } from './index.ts'
import { type Reached, reachTarget } from './reach.ts'
import { redact } from './redact.ts'
import type { Target } from './target.ts'
import type { Io } from './verb.ts'

/** What is played: one trace, against one target, into a folder below `out`. */
export interface Play {
  readonly trace: Trace
  readonly dataset: Dataset
  readonly target: Target
  readonly out: string
  /** The command that repeats this run, secrets still in it. */
  readonly command: string
}

/** Plays a trace against a target and returns the run folder; what was launched ends with it, whatever happens. */
export const playTarget = async (play: Play, io: Io): Promise<string> => {
  const started = new Date()
  const { scenario, seed } = play.trace.meta
  const id = `${scenario.name}-${play.target.label}-${seed}-${stamp(started)}`
  const dir = join(play.out, id)
  const scratch = await mkdtemp(join(tmpdir(), 'driftmark-'))
  try {
    const reached = await reachTarget(play.target, scratch)
    try {
      await mkdir(dir, { recursive: true })
      await writeTrace(dir, play.trace)
      const print = progressPrinter(io)
      const session = await openSession({
        adapter: play.target.adapter,
        options: reached.options,
        parsed: true,
        trace: play.trace,
        dataset: play.dataset,
        dir,
        prefix: `dm_${started.getTime().toString(36)}`,
        ...(reached.pid === undefined ? {} : { enginePid: reached.pid }),
        onProgress: (progress) => print(progressLine(progress)),
      })
      try {
        await record(session, reached, play, { dir, id, started }, io)
      } finally {
        await session.close()
      }
    } finally {
      await reached.stop()
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return dir
}

const record = async (
  session: Session,
  reached: Reached,
  play: Play,
  at: { dir: string; id: string; started: Date },
  io: Io,
): Promise<void> => {
  io.status(`${at.id}: loading ${play.trace.meta.preload} rows`)
  const preloadedBy = await session.preload()
  await writeManifest(at.dir, await manifestOf(session, reached, play, at, preloadedBy))
  const { interrupted } = await session.play(io.interrupted)
  if (interrupted) return
  io.status(`${at.id}: looking up the probed rows`)
  await session.lookups(probedRows(play.trace))
  const told = (line: string) => io.status(`${at.id}: ${line}`)
  await rebuildControls(session, { ...play, dir: at.dir, interrupted: io.interrupted, told })
}

const manifestOf = async (
  { capabilities, facts }: Session,
  reached: Reached,
  { trace, dataset, target, command }: Play,
  { id, started }: { id: string; started: Date },
  preloadedBy: Manifest['preloadedBy'],
): Promise<Manifest> => ({
  format: 'driftmark-run/1',
  id,
  scenario: trace.meta.scenario,
  seed: trace.meta.seed,
  trace: trace.meta.hash,
  dataset: { name: dataset.name, fingerprint: dataset.fingerprint },
  target: {
    label: target.label,
    adapter: reached.adapter.name,
    inProcess: reached.inProcess,
    launched: reached.launched,
  },
  engine: facts,
  capabilities,
  preloadedBy,
  driver: 'embedded',
  started: started.toISOString(),
  command: redact(command),
  versions: { driftmark: VERSION, node: process.versions.node },
  host: {
    platform: `${platform()} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
  },
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
