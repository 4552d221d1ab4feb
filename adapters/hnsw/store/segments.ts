import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { logName, syncFolder } from './folder.ts'
import { frameBytes, type Kind, putFrame } from './frame.ts'
import { type LogFile, type OpenFile, openLogFile } from './log-file.ts'
import { headFrame } from './manifest.ts'

/** Where a log goes on: its newest segment, which holds the numbers from `first` to `last`; of 0 bytes it has to be made. */
export interface LogEnd {
  readonly first: number
  readonly last: number
  readonly bytes: number
}

/** The files of the log, of which the newest is written. One call at a time, but for `sync`, which may be under way beside the others. */
export interface Segments {
  /** Writes the operations behind the last one; returns the number of the first. If it throws, nothing of them is kept. */
  write(operations: readonly { kind: Kind; payload: Buffer }[]): Promise<number>
  /** Makes what was written by now last; two are never under way at once. After an error nobody knows what is on the disk: the log is at its end. */
  sync(): Promise<void>
  /** Closes the newest segment, unless it is empty, and begins another. Returns the last number in closed ones. */
  seal(): Promise<number>
  close(): Promise<void>
  /** Set once the files can no longer be trusted to hold what was written and nothing else. */
  readonly broken: boolean
}

export interface SegmentOptions {
  /** Size from which a segment is followed by another one. */
  readonly segmentBytes: number
  /** Zeros written behind the end: a sync that need not lengthen the file is a good deal cheaper. */
  readonly aheadBytes: number
  readonly openFile?: OpenFile | undefined
  /** A segment was closed. */
  readonly onSealed: () => void
}

/** Goes on with the log at its end. */
export const openSegments = async (
  dir: string,
  end: LogEnd,
  { segmentBytes, aheadBytes, openFile = openLogFile, onSealed }: SegmentOptions,
): Promise<Segments> => {
  let { last } = end
  let synced = last
  let failure: unknown = null
  let turn: Promise<unknown> = Promise.resolve()

  /** What syncs the file: one after the other, since a failure is told to one of them alone, and none behind one that failed. */
  const alone = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }
  const orBroken = async (work: () => Promise<unknown>): Promise<void> => {
    if (failure) throw failure
    try {
      await work()
    } catch (error) {
      failure = error
      throw error
    }
  }
  let newest =
    end.bytes > 0
      ? await resume(dir, end, openFile)
      : await begin(dir, last + 1, openFile, orBroken)

  const sync = async (): Promise<void> => {
    const upTo = last
    await orBroken(() => newest.file.datasync())
    synced = upTo
  }
  const seal = async (): Promise<number> => {
    if (last < newest.first) return last
    await orBroken(() => trim(newest))
    synced = last
    const next = await begin(dir, last + 1, openFile, orBroken)
    await newest.file.close()
    newest = next
    onSealed()
    return last
  }
  return {
    write: async (operations) => {
      if (newest.bytes >= segmentBytes) await alone(seal)
      const batch = framed(operations, last, synced)
      try {
        await put(newest, batch, aheadBytes)
      } catch (error) {
        await alone(() => orBroken(() => trim(newest)))
        throw error
      }
      last += operations.length
      return last - operations.length + 1
    },
    sync: () => alone(sync),
    seal: () => alone(seal),
    close: () =>
      alone(async () => {
        try {
          if (!failure) await trim(newest)
        } finally {
          await newest.file.close()
        }
      }),
    get broken() {
      return failure !== null
    },
  }
}

interface Newest {
  readonly file: LogFile
  readonly first: number
  /** Up to the last whole batch. */
  bytes: number
  /** With the zeros behind it. */
  length: number
}

/** Writes a batch behind the last one; where it lengthens the file, zeros follow it, unless the disk has no room for them. */
const put = async (newest: Newest, batch: Buffer, ahead: number): Promise<void> => {
  const end = newest.bytes + batch.length
  await writeAll(newest.file, batch, newest.bytes)
  if (end > newest.length) {
    newest.length = end + (await writeSome(newest.file, Buffer.alloc(ahead), end))
  }
  newest.bytes = end
}

/** Takes off what is behind the last whole batch, for good. */
const trim = async (newest: Newest): Promise<void> => {
  await newest.file.truncate(newest.bytes)
  newest.length = newest.bytes
  await newest.file.sync()
}

/** What a crash left behind the end is cut off, and what it left before, perhaps in memory alone, made to last. */
const resume = async (dir: string, end: LogEnd, openFile: OpenFile): Promise<Newest> => {
  const file = await openFile(join(dir, logName(end.first)), 'r+')
  const newest = { file, first: end.first, bytes: end.bytes, length: end.bytes }
  await trim(newest)
  return newest
}

/** A file that failed is taken away `orBroken`: where it may still be there, the numbers that it was begun for must not be given again. */
const begin = async (
  dir: string,
  first: number,
  openFile: OpenFile,
  orBroken: (work: () => Promise<void>) => Promise<void>,
): Promise<Newest> => {
  const path = join(dir, logName(first))
  const file = await openFile(path, 'w')
  const head = headFrame(first - 1)
  try {
    await writeAll(file, head, 0)
    await file.datasync()
    await syncFolder(dir)
  } catch (error) {
    await file.close()
    await orBroken(async () => {
      await rm(path)
      await syncFolder(dir)
    })
    throw error
  }
  return { file, first, bytes: head.length, length: head.length }
}

const framed = (
  operations: readonly { kind: Kind; payload: Buffer }[],
  last: number,
  synced: number,
): Buffer => {
  const bytes = operations.reduce((sum, { payload }) => sum + frameBytes(payload), 0)
  const batch = Buffer.allocUnsafe(bytes)
  let at = 0
  for (const [i, { kind, payload }] of operations.entries()) {
    at = putFrame(batch, at, { number: last + 1 + i, kind, synced, payload })
  }
  return batch
}

/** A write may take less than it was given, as where the disk ends. */
const writeAll = async (file: LogFile, bytes: Buffer, position: number): Promise<void> => {
  for (let at = 0; at < bytes.length; ) {
    at += await file.write(bytes.subarray(at), position + at)
  }
}

/** Bytes written; fewer than given where the disk ends, which is no error. */
const writeSome = async (file: LogFile, bytes: Buffer, position: number): Promise<number> => {
  if (bytes.length === 0) return 0
  try {
    return await file.write(bytes, position)
  } catch (error) {
    if (isFull(error)) return 0
    throw error
  }
}

/** The disk, or what this user or process may have of it, is full. */
export const isFull = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? '')
