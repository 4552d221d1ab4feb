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
  createContext(): number
  vectorOf(context: number): number
  foundOf(context: number): number
  prepareQuery(context: number): void
  insertNode(context: number, id: number, version: number, level: number): number
  storeRow(context: number, id: number, version: number): number
  knnSearch(context: number, k: number, ef: number, rerank: number): number
  exactSearch(context: number, k: number): number
  bury(slot: number): void
  revive(slot: number): void
  doom(slot: number): void
  free(slot: number): void
  repair(context: number, from: number, to: number, alpha: number): number
  moveEntry(): void
  relinkUnreachable(context: number): number
  spreadFromEntry(context: number): number
  unreachable(context: number): number
  degree(): number
  idOf(slot: number): number
  versionOf(slot: number): number
  usedBlocks(): number
  blockBytes(): number
  stateOf(slot: number): number
  layers(): number
  reserve(blocks: number): number
}

const METRICS = { l2: 0, cosine: 1, ip: 2 } as const

/** The memory of one index, and the one place in it where operations work. */
export interface Memory {
  readonly kernel: Kernel
  readonly context: number
  /** Makes a vector the query. */
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
  { dimensions, metric, m, efConstruction, selection }: Parameters,
  image?: Uint8Array,
): Memory => {
  const kernel = instantiate() as Kernel
  const taken = (result: number): number => {
    if (result === -1) throw new RangeError('hnsw: the memory of one index ends at 4 GiB')
    return result
  }
  /** Always the same address: the first run of a memory without rows. */
  const begin = (): number => {
    const isSimple = selection === 'simple'
    const made = kernel.create(dimensions, METRICS[metric], m, efConstruction, isSimple)
    const at = made ? kernel.createContext() : 0
    return at === 0 ? taken(-1) : at
  }
  const context = begin()
  const at = kernel.vectorOf(context)
  if (image) {
    if (!kernel.reserve(Math.ceil(image.length / kernel.blockBytes()))) taken(-1)
    new Uint8Array(kernel.memory.buffer).set(image)
  }
  // A memory that grows gets another buffer, and views of the old one are empty.
  let query = new Float32Array(0)
  const rows = (slots: readonly number[], distances = new Float32Array(slots.length)): Hits => ({
    ids: Uint32Array.from(slots, (slot) => kernel.idOf(slot)),
    versions: Int32Array.from(slots, (slot) => kernel.versionOf(slot)),
    distances,
  })
  return {
    kernel,
    context,
    taken,
    ask: (vector) => {
      if (query.length === 0) query = new Float32Array(kernel.memory.buffer, at, dimensions)
      query.set(vector)
      kernel.prepareQuery(context)
    },
    hits: (found) => {
      const pairs = new DataView(kernel.memory.buffer, kernel.foundOf(context), 8 * found)
      const each = Array.from({ length: found }, (_, i) => 8 * i)
      return rows(
        each.map((from) => pairs.getUint32(from, true)),
        Float32Array.from(each, (from) => pairs.getFloat32(from + 4, true)),
      )
    },
    rows: (slots) => rows(slots),
    reserve: (count) => {
      if (!kernel.reserve(count)) taken(-1)
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
