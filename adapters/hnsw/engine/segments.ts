import type { Board } from './board.ts'
import type { Image, Kind, Parameters } from './hnsw.ts'
import { MOST_PAGES, PAGE } from './memory.ts'
import { leastBytes, machineBytes } from './room.ts'
import { createSegment, type Segment } from './segment.ts'

/** The segments of an index: begun as rows come, given up when they are empty. */
export interface Segments {
  /** Oldest first; there is one at least. */
  list(): readonly Segment[]
  /** RangeError where memory has ended; nothing has changed then. */
  upsert(id: number, version: number, vector: Float32Array): void
  delete(id: number): boolean
  /** RangeError where memory has ended, or what there is surely does not suffice; a segment begun for it is given up then. */
  reserve(rows: number): void
  /** Gives its memory back, unless it is the only one. */
  giveUp(segment: Segment): void
}

/**
 * Where a row goes. One that replaces another stays in its segment if there is room, so that it changes there in one instant; else it goes to
 * a later one, never back: searches go from first to last, and meet the old or the new. One whose id is not there yet goes to the first segment with
 * room: places that a compaction freed are filled, and the later segments run empty and are given up.
 */
export const createSegments = (
  parameters: Parameters,
  kind: Kind,
  board: Board,
  image: Image,
): Segments => {
  const { segmentBytes = MOST_PAGES * PAGE, mostBytes = Number.POSITIVE_INFINITY } = parameters
  const most = Math.min(MOST_PAGES, Math.floor(segmentBytes / PAGE))
  const room = Math.min(mostBytes, machineBytes())
  let list: readonly Segment[] = []
  let number = 0
  /** So few pages were not enough for a segment. */
  let tooFew = 0

  const ended = (cause?: unknown): RangeError =>
    new RangeError(
      `hnsw: memory has ended: mostBytes is ${mostBytes}, segmentBytes is ${segmentBytes}`,
      { cause },
    )
  /** Pages that no segment may take yet. */
  const rest = (): number =>
    Math.floor((mostBytes - list.reduce((sum, one) => sum + one.mostBytes, 0)) / PAGE)
  const made = (pages: number, image?: Uint8Array): Segment => {
    if (pages <= tooFew) throw ended()
    const isShared = () => board.isShared
    try {
      const segment = createSegment({ parameters, kind, number, pages, image, isShared })
      if (!image && segment.reserve(1) === 0) throw ended()
      return segment
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      if (pages < most) tooFew = pages
      throw ended(error)
    }
  }
  const begin = (pages = Math.min(most, rest()), image?: Uint8Array): Segment => {
    const segment = made(pages, image)
    number += 1
    list = [...list, segment]
    // Before it has a row: who searches is never too early for one.
    board.tell({ number: segment.number, segment: segment.shared })
    return segment
  }
  const giveUp = (segment: Segment): void => {
    if (list.length === 1) return
    list = list.filter((other) => other !== segment)
    tooFew = 0
    board.tell({ number: segment.number, segment: null })
  }
  if (image.length === 0) begin()
  image.forEach((part, i) => {
    // What the later ones have is theirs.
    const later = pagesOf(image.slice(i + 1))
    begin(Math.max(pagesOf([part]), Math.min(most, rest() - later)), part)
  })

  /** The segment that takes the row, which no other of the old ones could. */
  const upsertAnew = (id: number, version: number, vector: Float32Array): void => {
    const fresh = begin()
    if (fresh.upsert(id, version, vector)) return
    giveUp(fresh)
    throw ended()
  }
  return {
    list: () => list,
    upsert: (id, version, vector) => {
      if (list.length === 1 && list[0]!.upsert(id, version, vector)) return
      const home = list.find((segment) => segment.has(id))
      if (list.length > 1 && home?.upsert(id, version, vector)) return
      const isTaken = list
        .filter((segment) => !home || segment.number > home.number)
        .some((segment) => segment.upsert(id, version, vector))
      if (!isTaken) upsertAnew(id, version, vector)
      home?.delete(id)
    },
    delete: (id) => list.some((segment) => segment.delete(id)),
    reserve: (rows) => {
      const before = list
      const begun = () => list.filter((segment) => !before.includes(segment))
      const tooMany = () =>
        new RangeError(`hnsw: ${rows} rows take more than the ${room} bytes that there are`)
      if (leastBytes(rows, parameters) > room) throw tooMany()
      try {
        // Only behind the last one is there room for every row, wherever it comes from.
        let missing = rows - list.at(-1)!.reserve(rows)
        while (missing > 0) {
          missing -= begin().reserve(missing)
          if (begun().reduce((sum, one) => sum + one.stats().bytes, 0) > room) throw tooMany()
        }
      } catch (error) {
        begun().forEach(giveUp)
        throw error
      }
    },
    giveUp,
  }
}

const pagesOf = (image: Image): number =>
  image.reduce((sum, { length }) => sum + Math.ceil(length / PAGE), 0)
