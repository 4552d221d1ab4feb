import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isRefused, refused } from '../refused.ts'
import { checkpointInThread, sweepOutdated } from './checkpoint.ts'
import type { Fold, Folded } from './fold.ts'
import { logName } from './folder.ts'
import type { Checkpointed, Journal, Restored } from './journal.ts'
import { lockFolder } from './lock.ts'
import { createLog, type Log, refusalOf } from './log.ts'
import { readManifest } from './manifest.ts'
import { payloadOf, rowBytes } from './operation.ts'
import { replay } from './replay.ts'
import { readRows } from './rows.ts'
import { type LogEnd, type OpenFile, openSegments } from './segments.ts'
import { durabilityOf, type Sync } from './sync.ts'
import type { Advance } from './turns.ts'

export interface StoreOptions {
  readonly sync: Sync
  /** Size from which a segment of the log is closed and another one begun. */
  readonly segmentBytes?: number
  /** Zeros that the log keeps behind its end. */
  readonly aheadBytes?: number
  readonly openFile?: OpenFile
  /** Awaited between the steps of the replay. */
  readonly advance?: Advance | undefined
  /** In a thread of its own, unless said otherwise. */
  readonly takeCheckpoint?: typeof checkpointInThread
}

const SEGMENT_BYTES = 2 ** 26
const AHEAD_BYTES = 2 ** 20
/** Closed segments that call for a checkpoint, unless the snapshots are larger than they. */
const MOST_SEGMENTS = 4

/**
 * A journal on disk: takes the folder for this process, replays what is in it, and goes on with its log. Throws one sentence where
 * the folder cannot be written, is in use, or holds what is damaged; then nothing in it has changed.
 */
export const openStore = async (folder: string, options: StoreOptions): Promise<Journal> => {
  const dir = resolve(folder)
  const unlock = await lock(dir)
  try {
    const manifest = await readManifest(dir)
    const {
      fold,
      end,
      cut,
      segments: found,
    } = await replay(dir, manifest, undefined, options.advance)
    const restored = await restoredOf(dir, fold, cutOf(dir, end, cut))
    await sweepOutdated(dir, manifest)
    const {
      sync,
      segmentBytes = SEGMENT_BYTES,
      aheadBytes = Math.min(AHEAD_BYTES, segmentBytes),
      openFile,
    } = options
    const checkpoints = createCheckpoints(dir, segmentBytes, found - 1, options.takeCheckpoint)
    const segments = await openSegments(dir, end, {
      segmentBytes,
      aheadBytes,
      openFile,
      onSealed: checkpoints.sealed,
    })
    const log = createLog(segments, sync)
    checkpoints.of(log)
    return {
      durability: durabilityOf(sync),
      restored,
      commit: (operation, apply) => log.append(operation.kind, payloadOf(operation), apply),
      checkpoint: checkpoints.take,
      close: async () => {
        await checkpoints.end()
        await log.close()
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

const lock = async (dir: string): Promise<() => Promise<void>> => {
  try {
    await mkdir(dir, { recursive: true })
    return await lockFolder(dir)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!code) throw error
    throw new Error(`the data folder ${dir} cannot be written (${code})`, { cause: error })
  }
}

/** What the files hold, row by row: it is read while it is asked for. */
const restoredOf = async (dir: string, fold: Fold, cut: string | null): Promise<Restored> => {
  const collections: Restored['collections'][number][] = []
  for (const folded of fold.catalog.things.values()) {
    const places = await fold.rowsOf(folded)
    const { name, number, options } = folded
    const rows = rowsOf(dir, fold, folded, places.values())
    collections.push({ name, number, options, count: places.size, rows })
  }
  return { collections, aliases: fold.catalog.aliases, cut }
}

const cutOf = (dir: string, { first, bytes }: LogEnd, cut: number): string | null =>
  cut === 0
    ? null
    : `${join(dir, logName(first))} was cut at byte ${bytes}: the ${cut} bytes behind it were no whole record`

function* rowsOf(
  dir: string,
  fold: Fold,
  { options: { dimensions } }: Folded,
  places: Iterable<number>,
): Restored['collections'][number]['rows'] {
  for (const row of readRows(dir, fold, places, rowBytes(dimensions))) {
    const vector = new Float32Array(row.buffer, row.byteOffset + 8, dimensions)
    yield { id: row.readUInt32LE(0), version: row.readInt32LE(4), vector }
  }
}

/** One checkpoint at a time: those that are asked for, and one whenever enough segments are closed. */
const createCheckpoints = (
  dir: string,
  segmentBytes: number,
  alreadyClosed: number,
  takeCheckpoint = checkpointInThread,
) => {
  let log: Log
  let closed = Math.max(alreadyClosed, 0)
  let written = 0
  let underWay: Promise<Checkpointed> | null = null

  const perform = async (): Promise<Checkpointed> => {
    try {
      const number = await log.seal()
      closed = 0
      const done = await takeCheckpoint(dir, number)
      written = done.bytes
      return done
    } catch (error) {
      throw isRefused(error) ? error : refusalOf(error as Error, false)
    } finally {
      underWay = null
    }
  }
  const take = async (): Promise<Checkpointed> => {
    if (underWay) throw refused(409, 'checkpoint', 'a checkpoint is under way')
    underWay = perform()
    return await underWay
  }
  return {
    of: (opened: Log) => {
      log = opened
    },
    take,
    sealed: () => {
      closed += 1
      if (underWay || closed < MOST_SEGMENTS || closed * segmentBytes < written) return
      take().catch((error: Error) => {
        process.stderr.write(`no checkpoint was taken: ${error.message}\n`)
      })
    },
    end: async () => {
      if (underWay) await underWay.catch(() => {})
    },
  }
}
