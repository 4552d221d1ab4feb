import { isRefused, refused } from '../refused.ts'
import { checkpoint, checkpointInThread } from './checkpoint.ts'
import type { Images } from './image.ts'
import type { Checkpointed } from './journal.ts'
import { type Log, refusalOf } from './log.ts'
import type { Replayed } from './replay.ts'

/** When the log is folded: when somebody asks, whenever enough segments are closed, and at the end. One checkpoint at a time. */
export interface Checkpoints {
  of(log: Log): void
  take(): Promise<Checkpointed>
  /** A segment was closed. */
  sealed(): void
  /** So many bytes more go into the log. */
  grown(bytes: number): void
  /** Waits for the one under way, and takes a last one with these images where the next start is worth it. */
  end(images?: Images): Promise<void>
}

/** Closed segments that call for a checkpoint, unless the snapshots are larger than they. */
const MOST_SEGMENTS = 4
/** At the end, the log is folded from so many bytes on, unless what would be written is so many times as much. */
const LEAST_BYTES = 2 ** 18
const MOST_TIMES = 16

export const createCheckpoints = (
  dir: string,
  segmentBytes: number,
  { segments, logBytes, foldedBytes }: Replayed,
  takeCheckpoint = checkpointInThread,
): Checkpoints => {
  let log: Log
  let closed = Math.max(segments - 1, 0)
  let behind = logBytes
  let written = foldedBytes
  let underWay: Promise<Checkpointed> | null = null

  const perform = async (perform: typeof takeCheckpoint): Promise<Checkpointed> => {
    try {
      const number = await log.seal()
      closed = 0
      behind = 0
      const done = await perform(dir, number)
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
    underWay = perform(takeCheckpoint)
    return await underWay
  }
  const notTaken = (error: Error): void => {
    process.stderr.write(`no checkpoint was taken: ${error.message}\n`)
  }
  return {
    of: (opened) => {
      log = opened
    },
    take,
    sealed: () => {
      closed += 1
      if (underWay || closed < MOST_SEGMENTS || closed * segmentBytes < written) return
      take().catch(notTaken)
    },
    grown: (bytes) => {
      behind += bytes
    },
    end: async (images) => {
      if (underWay) await underWay.catch(() => {})
      if (!images?.size || behind < LEAST_BYTES || behind * MOST_TIMES < written) return
      await perform((at, number) => checkpoint(at, number, images)).catch(notTaken)
    },
  }
}
