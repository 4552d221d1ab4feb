import { instantiate } from './engine.wasm.ts'
import type { Parameters } from './hnsw.ts'

/** What assembly/index.ts exports. Slots, counts and addresses come back signed: −1 is NONE, "memory ended". */
export interface Kernel {
  create(
    dimensions: number,
    metric: number,
    m: number,
    efConstruction: number,
    simple: boolean,
    hot: number,
  ): number
  endAt(pages: number): void
  goOn(hot: number): number
  createContext(reader: number): number
  leaveReaders(reader: number): void
  nextEpoch(): number
  isQuiet(epoch: number): number
  vectorAt(context: number): number
  resultAt(context: number): number
  roomFor(context: number, count: number): number
  prepareQuery(context: number): void
  takeSevenBits(): void
  upsert(context: number, id: number, version: number, level: number, kind: number): number
  bury(context: number, id: number): number
  buried(context: number): number
  find(id: number): number
  knnSearch(context: number, k: number, ef: number, rerank: number): number
  exactKnn(context: number, k: number): number
  tellRows(context: number, count: number): number
  codeDistances(context: number): void
  isAstray(): number
  recentre(context: number): void
  hotRows(): number
  linkOldest(context: number): number
  doom(slot: number): void
  spare(slot: number): void
  free(slot: number): void
  repair(context: number, from: number, alpha: number): number
  moveEntry(): void
  beginWalk(context: number): number
  walkOn(context: number, budget: number): number
  unreachable(context: number): number
  degree(): number
  places(): number
  stateOfPlace(slot: number): number
  liveRows(): number
  tombstones(): number
  imageBytes(): number
  layers(): number
  reserve(rows: number): number
}

/** A WebAssembly.Memory that threads share; it can be posted to a worker. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer
}
declare const WebAssembly: {
  readonly Memory: new (limits: {
    initial: number
    maximum: number
    shared: boolean
  }) => SharedMemory
}

/** What memory is given in. */
export const PAGE = 65_536
/** All that 32 bits address but the last page: an address behind the end is a number still. */
export const MOST_PAGES = 65_535
/** What the module says that the memory it imports may have. */
const DECLARED_PAGES = 65_536

const METRICS = { l2: 0, cosine: 1, ip: 2 } as const
const TOMBSTONES = [2, 4]
/** Words of the header that parameters alone decide, DIMENSIONS to CHUNKS in assembly/layout.ts: bytes from, and to. */
const DECIDED = [64, 140] as const

/** The code on a memory. */
export const kernelOn = (memory: SharedMemory): Kernel => instantiate({ env: { memory } }) as Kernel

/** The memory of a segment, and what writes to it. */
export interface Memory {
  readonly shared: SharedMemory
  readonly kernel: Kernel
  readonly context: number
  /** A slot or a count; RangeError where memory has ended. */
  taken(result: number): number
  /** A copy of everything stored, for `createMemory`. */
  image(): Uint8Array<ArrayBuffer>
  /** Slots of tombstones, from a look at every place. */
  tombstones(): number[]
  /** Forgets everything stored; the memory stays as large as it is. Nobody may be reading. */
  clear(): void
}

/**
 * An empty segment of so many pages at most, or one that goes on from an image of the same parameters, but for `hot`, which may differ;
 * RangeError where there is no memory for it.
 */
export const createMemory = (
  { dimensions, metric, m, efConstruction, selection, hot = 0 }: Parameters,
  pages = MOST_PAGES,
  image?: Uint8Array,
): Memory => {
  const shared = new WebAssembly.Memory({ initial: 1, maximum: DECLARED_PAGES, shared: true })
  const kernel = kernelOn(shared)
  const taken = (result: number): number => {
    if (result === -1)
      throw new RangeError(`hnsw: the memory of a segment ends at ${pages * PAGE} bytes`)
    return result
  }
  /** The address of the writer's context. */
  const begin = (): number => {
    const isSimple = selection === 'simple'
    // Where everything lies does not depend on the end: an image may go on under another one.
    kernel.endAt(MOST_PAGES)
    const made = kernel.create(dimensions, METRICS[metric], m, efConstruction, isSimple, hot)
    kernel.endAt(pages)
    const at = made ? kernel.createContext(-1) : 0
    return at === 0 ? taken(-1) : at
  }
  const goOn = (image: Uint8Array): number => {
    const decided = () => new Uint32Array(shared.buffer.slice(...DECIDED)).join()
    const own = decided()
    grow(shared, image.length, taken)
    new Uint8Array(shared.buffer).set(image)
    // To go on from it would be to write anywhere.
    if (decided() !== own) throw new Error('hnsw: the image is of other parameters')
    kernel.endAt(pages)
    const at = kernel.goOn(hot)
    return at === 0 ? taken(-1) : at
  }
  const fresh = begin()
  const context = image ? goOn(image) : fresh
  return {
    shared,
    kernel,
    context,
    taken,
    image: () => new Uint8Array(shared.buffer).slice(0, kernel.imageBytes() >>> 0),
    tombstones: () => {
      const slots: number[] = []
      const end = kernel.places()
      for (let slot = 0; slot < end; slot++) {
        if (TOMBSTONES.includes(kernel.stateOfPlace(slot))) slots.push(slot)
      }
      return slots
    },
    clear: () => void begin(),
  }
}

const grow = (memory: SharedMemory, bytes: number, taken: (result: number) => number): void => {
  const missing = Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE
  if (missing <= 0) return
  try {
    ;(memory as unknown as { grow(pages: number): number }).grow(missing)
  } catch {
    // The reason is always the same: there is no more.
    taken(-1)
  }
}
