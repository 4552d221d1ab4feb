import { createAsking } from './asking.ts'
import { READERS, type SharedSegment } from './board.ts'
import { ALPHA, consolidate, shapeOf } from './consolidate.ts'
import type { Kind, Parameters, Shape, Stats } from './hnsw.ts'
import { createLevels } from './levels.ts'
import { createMemory, PAGE } from './memory.ts'
import type { Part } from './searching.ts'

/** A graph of its own in a memory of its own, of 4 GiB at most: what an index is made of. */
export interface Segment extends Part {
  /** What others need to read it. */
  readonly shared: SharedSegment
  /** What it may take at most. */
  readonly mostBytes: number
  has(id: number): boolean
  /** False where its memory has ended, and nothing has changed. An older row of that id here becomes a tombstone. */
  upsert(id: number, version: number, vector: Float32Array): boolean
  delete(id: number): boolean
  /** Makes room for so many rows of these as its memory suffices for: how many. */
  reserve(rows: number): number
  /** One compaction at a time. */
  compaction(): Generator<void, void>
  stats(): Stats
  readonly hot: number
  /** Links one row of the hot tier; false where memory has ended, and it stays there. */
  linkOne(): boolean
  /** Takes the place of a reader whose thread has died. */
  forsake(place: number): void
  shape(): Shape
  image(): Uint8Array<ArrayBuffer>
}

export interface Making {
  readonly parameters: Parameters
  readonly kind: Kind
  readonly number: number
  readonly pages: number
  readonly image?: Uint8Array | undefined
  /** May others be reading? */
  isShared(): boolean
}

/** How a row gets in, as assembly/write.ts has it. */
const KINDS = { hnsw: 0, exact: 1 } as const
/** More than a memory can hold. */
const MOST_ROWS = 2 ** 31 - 1
/** Far apart, so that segments draw different layers. */
const SEED_STEP = 0x9e3779b9

/** An empty segment, or one that goes on from an image; RangeError where there is no memory for it. */
export const createSegment = (making: Making): Segment => {
  const { parameters, kind, number, pages, image, isShared } = making
  const memory = createMemory(parameters, pages, image)
  const { kernel, context, taken } = memory
  const { m, seed, dimensions, metric, hot = 0, alpha = ALPHA[metric] } = parameters
  const drawLevel = createLevels(m, seed + number * SEED_STEP + kernel.liveRows())
  const asking = createAsking(kernel, memory.shared, context, dimensions, kind, taken)
  let dead = image ? memory.tombstones() : []
  const contexts = new Int32Array(new SharedArrayBuffer(4 * READERS))
  let begun = 0
  /** Its memory has ended, and nothing was freed since. */
  let isFull = false
  /** Places that compactions freed, and that were not taken again. */
  let freed = 0
  let grown = 0

  /** Nothing lives: the tombstones go at once, also those that a compaction under way has doomed. */
  const beginAnew = (): void => {
    memory.clear()
    dead = []
    begun += 1
    isFull = false
    freed = 0
    grown = 0
  }
  const linkOne = (): boolean => kernel.linkOldest(context) === 1
  return {
    number,
    shared: { memory: memory.shared, contexts: contexts.buffer },
    mostBytes: pages * PAGE,
    has: (id) => kernel.find(id) !== -1,
    upsert: (id, version, vector) => {
      if (dead.length > 0 && kernel.liveRows() === 0 && !isShared()) beginAnew()
      if (isFull || (hot > 0 && kernel.hotRows() === hot && !linkOne())) return false
      asking.ask(vector)
      const level = kind === 'exact' ? 0 : drawLevel()
      isFull = kernel.upsert(context, id, version, level, KINDS[kind]) === 0
      if (isFull) return false
      freed = Math.max(0, freed - 1)
      if (kind === 'hnsw') grown++
      const old = kernel.buried(context)
      if (old !== -1) dead.push(old)
      return true
    },
    reserve: (rows) => {
      const more = Math.min(Math.max(0, rows - freed), MOST_ROWS)
      return Math.min(rows, freed + roomIn(more, (count) => kernel.reserve(count) === 1))
    },
    delete: (id) => {
      const isFound = kernel.bury(context, id) === 1
      if (isFound) dead.push(kernel.buried(context))
      return isFound
    },
    search: asking.search,
    exact: asking.exact,
    get: asking.get,
    *compaction() {
      let doomed: number[] = []
      let count = 0
      /** What an early end gives back. */
      let before = grown
      const since = begun
      grown = 0
      try {
        doomed = dead
        dead = []
        count = doomed.length
        // What waits for its links could not be freed. More may come all the time: what has died by now is not among them.
        for (let hot = kernel.hotRows(); hot > 0; hot--, yield) {
          if (begun !== since) return
          taken(kernel.linkOldest(context) - 1)
        }
        if (begun !== since) return
        for (const _ of consolidate(memory, doomed, alpha)) {
          yield
          if (begun !== since) return
        }
        before = 0
      } finally {
        isFull = false
        if (begun === since) {
          grown += before
          freed += count - doomed.length
          // After an early end, what is left is dead still.
          for (const slot of doomed) {
            kernel.spare(slot)
            dead.push(slot)
          }
        }
      }
    },
    get live() {
      return kernel.liveRows()
    },
    get scans() {
      return asking.scans
    },
    stats: () => ({
      live: kernel.liveRows(),
      tombstones: kernel.tombstones(),
      hot: kernel.hotRows(),
      layers: kernel.layers(),
      bytes: memory.shared.buffer.byteLength,
      scans: asking.scans,
      grown,
      segments: 1,
    }),
    get hot() {
      return kernel.hotRows()
    },
    linkOne,
    forsake: (place) => {
      kernel.leaveReaders(place)
      // Whoever died there may have left it half changed.
      Atomics.store(contexts, place, 0)
    },
    shape: () => shapeOf(memory),
    image: () => {
      while (kernel.hotRows() > 0) taken(kernel.linkOldest(context) - 1)
      return memory.image()
    },
  }
}

/** The most of these rows that there is room for, found by halving. */
const roomIn = (rows: number, fits: (count: number) => boolean): number => {
  if (fits(rows)) return rows
  let room = 0
  for (let beyond = rows; beyond - room > 1; ) {
    const middle = Math.floor((room + beyond) / 2)
    if (fits(middle)) room = middle
    else beyond = middle
  }
  return room
}
