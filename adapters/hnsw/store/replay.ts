import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createFold, type Fold, type Read } from './fold.ts'
import { logName, segmentsIn } from './folder.ts'
import { frameBytes, framesOf } from './frame.ts'
import { checkHead, type Manifest } from './manifest.ts'
import type { LogEnd } from './segments.ts'
import type { Advance } from './turns.ts'

/** What snapshots and log come to, and where the log ends. */
export interface Replayed {
  readonly fold: Fold
  readonly end: LogEnd
  /** Bytes behind the end that are no whole frame, and not zeros alone: a crash left them, or damage. */
  readonly cut: number
  /** Segments behind the manifest, the newest included. */
  readonly segments: number
  /** Bytes of these, and of the snapshots and images before them. */
  readonly logBytes: number
  readonly foldedBytes: number
}

/**
 * Folds the log behind the manifest: up to the end of the segment that holds `upTo`, or all of it, and then the newest segment may
 * be torn. Throws, naming the file and the byte, where anything else is damaged or missing.
 */
export const replay = async (
  dir: string,
  manifest: Manifest,
  upTo: number = Number.POSITIVE_INFINITY,
  advance: Advance = () => {},
): Promise<Replayed> => {
  const segments = (await segmentsIn(dir)).filter(
    (first) => first > manifest.number && first <= upTo,
  )
  const snapshotBytes = await bytesOf(
    dir,
    manifest.collections.flatMap((of) => of.snapshots),
  )
  const logBytes = await bytesOf(dir, segments.map(logName))
  const bytes = snapshotBytes + logBytes
  let done = 0
  const read: Read = (more) => {
    done += more
    return advance('reading', done, bytes)
  }
  const fold = createFold(dir, manifest, read)
  let cut = 0
  let end: LogEnd = { first: manifest.number + 1, last: manifest.number, bytes: 0 }
  if (segments.length === 0 && manifest.number > 0 && upTo === Number.POSITIVE_INFINITY) {
    throw missing(dir, logName(end.first))
  }
  for (const first of segments) {
    if (first !== end.last + 1) throw missing(dir, logName(end.last + 1))
    const torn = first === segments.at(-1) && upTo === Number.POSITIVE_INFINITY
    ;({ cut, ...end } = await replaySegment(dir, fold, first, torn, read))
  }
  const images = manifest.collections.reduce((sum, { image }) => sum + (image?.bytes ?? 0), 0)
  const foldedBytes = snapshotBytes + images
  return { fold, end, cut, segments: segments.length, logBytes, foldedBytes }
}

const bytesOf = async (dir: string, names: readonly string[]): Promise<number> => {
  let bytes = 0
  for (const name of names) {
    const { size } = await stat(join(dir, name)).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? missing(dir, name) : error
    })
    bytes += size
  }
  return bytes
}

const missing = (dir: string, name: string): Error =>
  new Error(`${join(dir, name)} is missing: put it back from a copy`)

const replaySegment = async (
  dir: string,
  fold: Fold,
  first: number,
  torn: boolean,
  read: Read,
): Promise<LogEnd & { cut: number }> => {
  const name = logName(first)
  const path = join(dir, name)
  const bytes = await readFile(path)
  const frames = framesOf(bytes, path, first - 1, torn)
  let last = first - 1
  let step = frames.next()
  for (; !step.done; step = frames.next()) {
    const frame = step.value
    if (frame.number < first) checkHead(frame, path)
    else await fold.apply(frame, name)
    await read(frameBytes(frame.payload))
    last = frame.number
  }
  const rest = bytes.subarray(step.value)
  return { first, last, bytes: step.value, cut: rest.some((byte) => byte !== 0) ? rest.length : 0 }
}
