import { join, resolve } from 'node:path'
import { type checkpointInThread, sweepOutdated } from './checkpoint.ts'
import { createCheckpoints } from './checkpoints.ts'
import type { Fold } from './fold.ts'
import { logName, makeFolder } from './folder.ts'
import { differenceOf } from './image.ts'
import type { Journal, Restored } from './journal.ts'
import { lockFolder } from './lock.ts'
import { createLog } from './log.ts'
import type { OpenFile } from './log-file.ts'
import { readManifest } from './manifest.ts'
import { payloadOf } from './operation.ts'
import { replay } from './replay.ts'
import { type LogEnd, openSegments } from './segments.ts'
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
/** Some hundred rows; of much more, the sync behind it would take as long as a hundred others, and writes wait for it. */
const AHEAD_BYTES = 2 ** 18

/**
 * A journal on disk: takes the folder for this process, replays what is in it, and goes on with its log. Throws one sentence where
 * the folder cannot be written, is in use, or holds what is damaged; then nothing in it has changed.
 */
export const openStore = async (folder: string, options: StoreOptions): Promise<Journal> => {
  const dir = resolve(folder)
  const unlock = await lock(dir)
  try {
    const manifest = await readManifest(dir)
    const replayed = await replay(dir, manifest, undefined, options.advance)
    const { fold, end, cut } = replayed
    const restored = await restoredOf(dir, fold, cutOf(dir, end, cut))
    await sweepOutdated(dir, manifest)
    const {
      sync,
      segmentBytes = SEGMENT_BYTES,
      aheadBytes = Math.min(AHEAD_BYTES, segmentBytes),
      openFile,
    } = options
    const checkpoints = createCheckpoints(dir, segmentBytes, replayed, options.takeCheckpoint)
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
      commit: (operation, apply) => {
        const payload = payloadOf(operation)
        checkpoints.grown(payload.length)
        return log.append(operation.kind, payload, apply)
      },
      lasting: log.lasting,
      checkpoint: checkpoints.take,
      close: async (images) => {
        try {
          await log.close(() => checkpoints.end(images))
        } finally {
          await unlock()
        }
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

const lock = async (dir: string): Promise<() => Promise<void>> => {
  try {
    await makeFolder(dir)
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
    const { name, number, options } = folded
    collections.push({ name, number, options, ...(await differenceOf(dir, fold, folded)) })
  }
  return { collections, aliases: fold.catalog.aliases, cut }
}

const cutOf = (dir: string, { first, bytes }: LogEnd, cut: number): string | null =>
  cut === 0
    ? null
    : `${join(dir, logName(first))} was cut at byte ${bytes}: the ${cut} bytes behind it were no whole record`
