import { instantiate } from './engine.wasm.ts'
import type { Hits, Parameters } from './hnsw.ts'

/** What assembly/index.ts exports. Slots, counts and addresses come back signed: −1 is NONE, "memory ended". */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer }
  create(
    dimensions: number,
    metric: number,
    m: number,
    efConstruction: number,
    simple: boolean,
  ): number
  endAt(pages: number): void
  createContext(): number
  vectorOf(context: number): number
  results(context: number, count: number): number
  roomFor(context: number, count: number): number
  prepareQuery(context: number): void
  insertNode(context: number, id: number, version: number, level: number): number
  storeRow(context: number, id: number, version: number): number
  knnSearch(context: number, k: number, ef: number, rerank: number): number
  exactSearch(context: number, k: number): number
  codeDistances(context: number): void
  bury(slot: number): void
  revive(slot: number): void
  doom(slot: number): void
  free(slot: number): void
  repair(context: number, from: number, alpha: number): number
  moveEntry(): void
  beginWalk(context: number): number
  walkOn(context: number, budget: number): number
  unreachable(context: number): number
  degree(): number
  idOf(slot: number): number
  usedBlocks(): number
  blockBytes(): number
  stateOf(slot: number): number
  layers(): number
  reserve(blocks: number): number
}

const PAGE = 65_536
/** All that 32 bits address but the last page: an address behind the end is a number still. */
const MOST_PAGES = 65_535
const MOST_BYTES = PAGE * MOST_PAGES

/** More than any memory holds, and few enough to be counted in bytes. */
const MOST_ROWS = 2 ** 26

const METRICS = { l2: 0, cosine: 1, ip: 2 } as const

/** The memory of one index, and the one place in it where operations work. */
export interface Memory {
  readonly kernel: Kernel
  readonly context: number
  /** Makes a vector the query; RangeError where it has not the index's dimensions. */
  ask(vector: Float32Array): void
  /** A slot or a count; RangeError where memory has ended. */
  taken(result: number): number
  /** The first `found` pairs that the last search left. */
  hits(found: number): Hits
  /** Rows by their slots; distances are 0. */
  rows(slots: readonly number[]): Hits
  reserve(rows: number): void
  /** A copy of everything stored, for `createMemory`. */
  image(): Uint8Array<ArrayBuffer>
  /** Slots of live rows and of tombstones, from a look at every block. */
  survey(): { readonly live: number[]; readonly dead: number[] }
  /** Forgets everything stored; the memory stays as large as it is. */
  clear(): void
}

/** Bytes before the first block, and states of a block, as assembly/layout.ts has them. */
const BLOCKS = 256
const LIVE = 1
const TOMBSTONES = [2, 4]

/** An empty index, or one that goes on from an image of the same parameters; RangeError where there is no memory for it. */
export const createMemory = (
  { dimensions, metric, m, efConstruction, selection, mostBytes = MOST_BYTES }: Parameters,
  image?: Uint8Array,
): Memory => {
  const kernel = instantiate() as Kernel
  const taken = (result: number): number => {
    if (result === -1)
      throw new RangeError(`hnsw: the memory of this index ends at ${mostBytes} bytes`)
    return result
  }
  const pages = Math.max(1, Math.min(MOST_PAGES, Math.floor(mostBytes / PAGE)))
  /** Always the same address: the first run of a memory without rows. */
  const begin = (): number => {
    const isSimple = selection === 'simple'
    kernel.endAt(pages)
    const made = kernel.create(dimensions, METRICS[metric], m, efConstruction, isSimple)
    const at = made ? kernel.createContext() : 0
    return at === 0 ? taken(-1) : at
  }
  const context = begin()
  const at = kernel.vectorOf(context)
  if (image) {
    if (!kernel.reserve(Math.ceil(image.length / kernel.blockBytes()))) taken(-1)
    new Uint8Array(kernel.memory.buffer).set(image)
    kernel.endAt(pages)
  }
  // A memory that grows gets another buffer, and views of the old one are empty.
  let query = new Float32Array(0)
  const hits = (found: number): Hits => {
    const from = kernel.results(context, found)
    const copy = kernel.memory.buffer.slice(from, from + 12 * found)
    return {
      ids: new Uint32Array(copy, 0, found),
      versions: new Int32Array(copy, 4 * found, found),
      distances: new Float32Array(copy, 8 * found, found),
    }
  }
  return {
    kernel,
    context,
    taken,
    ask: (vector) => {
      if (vector.length !== dimensions) {
        throw new RangeError(`hnsw: the vector has ${vector.length} floats, not ${dimensions}`)
      }
      if (query.length === 0) query = new Float32Array(kernel.memory.buffer, at, dimensions)
      query.set(vector)
      kernel.prepareQuery(context)
    },
    hits,
    rows: (slots) => {
      const room = kernel.roomFor(context, slots.length)
      if (room === 0) taken(-1)
      const pairs = new Uint32Array(kernel.memory.buffer, room, 2 * slots.length).fill(0)
      slots.forEach((slot, i) => {
        pairs[2 * i] = slot
      })
      return hits(slots.length)
    },
    reserve: (count) => {
      if (count > MOST_ROWS || !kernel.reserve(count)) taken(-1)
    },
    image: () =>
      new Uint8Array(kernel.memory.buffer).slice(
        0,
        BLOCKS + kernel.usedBlocks() * kernel.blockBytes(),
      ),
    survey: () => {
      const slots = Array.from({ length: kernel.usedBlocks() }, (_, slot) => slot)
      return {
        live: slots.filter((slot) => kernel.stateOf(slot) === LIVE),
        dead: slots.filter((slot) => TOMBSTONES.includes(kernel.stateOf(slot))),
      }
    },
    clear: () => void begin(),
  }
}
