import { createHnsw, type Hnsw, urgencyOf } from '../engine/index.ts'
import type { Image, Metric, Shape, Stats } from '../engine/types.ts'
import { checkNames, floats, KEPT, type Vector, whole } from './checked.ts'
import { readIndex, writeIndex } from './file.ts'
import { type HnswOnDisk, type OpenSettings, openOnDisk } from './on-disk.ts'

export type { Vector }

export interface HnswSettings {
  /** Floats in a vector, 1 to 4,096. */
  readonly dimensions: number
  /** Squared Euclidean distance (the default), 1 − cos, or minus the inner product. */
  readonly metric?: Metric
  /** Links made for a new row on each layer, 2 to 128; 16 if not given. */
  readonly m?: number
  /** How widely the neighbours of a new row are looked for; 128 if not given. */
  readonly efConstruction?: number
  /** How widely searches look that do not say so; 64 if not given. */
  readonly ef?: number
  /** Draws the layers: equal seeds and equal writes give equal indexes. */
  readonly seed?: number
  /** Share of live rows, 0.01 to 1, beyond which tombstones are taken out, a step with each write; 0.15 if not given. */
  readonly consolidation?: number | 'off'
  /** How far links mended then may reach, 1 to 2: the farther, the more links stay; that of the metric, if not given. */
  readonly alpha?: number | undefined
  /** What the index may take at most; what the machine has, if not given. */
  readonly mostBytes?: number | undefined
  /** What a segment of it may take at most, 4 GiB if not given. It grows by segments, and each is searched with the whole ef. */
  readonly segmentBytes?: number | undefined
}

export interface SearchSettings {
  /** Candidates held during the search, at least k: more of them find more, and take longer. */
  readonly ef?: number
  /** Of these, how many are measured again in floats at most; if not given, all that their codes leave in doubt. */
  readonly rerank?: number
  /** Measures every row instead: the true answer. */
  readonly exact?: boolean
}

/** Rows found, nearest first: entry i of each array belongs together. */
export interface Found {
  readonly ids: Uint32Array
  /** As they were stored; 0 where none was given. */
  readonly versions: Int32Array
  /** Squared Euclidean under l2, 1 − cos under cosine, minus the inner product under ip. */
  readonly distances: Float32Array
}

const NAMES: readonly string[] = Object.keys({
  ...KEPT,
  mostBytes: 0,
  segmentBytes: 0,
} satisfies Record<keyof HnswSettings, 0>)

/** Steps of a compaction that a write takes with it, while tombstones are as many as wanted; and at most. */
const STEPS = 8
const MOST_STEPS = 64

/**
 * An HNSW index in the memory of this process: no server, no native module. Ids are whole numbers from 0 to 2³² − 1. A call is done
 * when it returns. What does not fit (a dimension, a value that is not finite, an id) is a RangeError, and nothing has changed; so is
 * the end of memory.
 */
export class HnswIndex {
  readonly dimensions: number
  readonly metric: Metric
  readonly #index: Hnsw
  readonly #ef: number
  readonly #consolidation: number | 'off'
  #compaction: Iterator<void> | null = null

  /** An empty index; `image` is for `load`. */
  constructor(settings: HnswSettings, image?: Image) {
    checkNames(settings, NAMES)
    const { metric = 'l2', ef = 64, consolidation = 0.15 } = settings
    if (!['l2', 'cosine', 'ip'].includes(metric)) {
      throw new RangeError(`hnsw: metric is ${metric}, not l2, cosine or ip`)
    }
    if (consolidation !== 'off' && !(consolidation >= 0.01 && consolidation <= 1)) {
      throw new RangeError(`hnsw: consolidation is ${consolidation}, not off or from 0.01 to 1`)
    }
    this.dimensions = whole('dimensions', settings.dimensions, 1, 4096)
    this.metric = metric
    this.#ef = whole('ef', ef, 1)
    this.#consolidation = consolidation
    const parameters = {
      dimensions: this.dimensions,
      metric,
      m: whole('m', settings.m ?? 16, 2, 128),
      efConstruction: whole('efConstruction', settings.efConstruction ?? 128, 1, 10_000),
      seed: whole('seed', settings.seed ?? 0, 0),
      selection: 'heuristic',
      alpha: settings.alpha,
      mostBytes: settings.mostBytes,
      segmentBytes: settings.segmentBytes,
    } as const
    this.#index = createHnsw(parameters, 'hnsw', image)
  }

  /**
   * The index that a folder keeps, or a new one there, which needs `dimensions`: every write lasts, and the next `open` has it again.
   * Rejects where the folder is in use, cannot be written, is damaged (and says where), or keeps an index of other settings.
   */
  static open(folder: string, settings: OpenSettings = {}): Promise<HnswOnDisk> {
    return openOnDisk(folder, settings, (settled, image) => new HnswIndex(settled, image))
  }

  /** Reads what `save` wrote. Rejects where the file is not there, is damaged, or is of another layout. */
  static async load(path: string): Promise<HnswIndex> {
    const { parameters, ef, consolidation, image } = await readIndex(path)
    const { selection: _, hot: __, ...settings } = parameters
    return new HnswIndex({ ...settings, ef, consolidation }, image)
  }

  /**
   * Writes the index to a file, in one step: a crash leaves the old file or the new one, and perhaps a `driftmark-….tmp` beside it. What is
   * saved is the index as it is at the call; until the promise resolves, a copy of it is held in memory. Saves to one path follow each other.
   */
  async save(path: string): Promise<void> {
    await writeIndex(path, {
      parameters: this.#index.parameters,
      ef: this.#ef,
      consolidation: this.#consolidation,
      image: this.#index.image(),
    })
  }

  /** A copy of all of it, which the constructor takes with the same settings. */
  image(): Image {
    return this.#index.image()
  }

  /** Rows that searches can return. */
  get size(): number {
    return this.#index.live
  }

  has(id: number): boolean {
    return this.#index.get([whole('id', id, 0)]).ids.length === 1
  }

  /** Makes room for so many rows more, or throws a RangeError, as where they alone take more than the machine has. Not required: the index grows by itself. */
  reserve(rows: number): void {
    this.#index.reserve(whole('rows', rows, 0))
  }

  /** Stores a new row; an Error if there is one of that id. */
  add(id: number, vector: Vector, version = 0): void {
    if (this.has(id)) throw new Error(`hnsw: there is a row ${id}: upsert replaces it`)
    this.upsert(id, vector, version)
  }

  /** Stores the row in the place of the one that has this id, if there is one. Versions are whole numbers from −2³¹ to 2³¹ − 1. */
  upsert(id: number, vector: Vector, version = 0): void {
    whole('version', version, -(2 ** 31), 2 ** 31 - 1)
    this.#index.upsert(whole('id', id, 0), version, floats(vector, this.dimensions))
    this.#consolidate()
  }

  /** False if there is no such row. */
  delete(id: number): boolean {
    const was = this.#index.delete(whole('id', id, 0))
    this.#consolidate()
    return was
  }

  /** The k nearest rows, fewer only where the index has fewer. */
  search(vector: Vector, k: number, settings: SearchSettings = {}): Found {
    const query = floats(vector, this.dimensions)
    whole('k', k, 1)
    const { ef = Math.max(k, this.#ef), rerank, exact = false } = settings
    return exact
      ? this.#index.exact(query, k)
      : this.#index.search(query, k, whole('ef', ef, k), rerank)
  }

  /** One answer a vector, in their order. */
  searchBatch(vectors: readonly Vector[], k: number, settings: SearchSettings = {}): Found[] {
    return vectors.map((vector) => this.search(vector, k, settings))
  }

  /** Takes all tombstones out at once, and finishes what was under way. */
  compact(): void {
    while (this.#compaction) this.#step()
    const compaction = this.#index.compaction()
    while (!compaction.next().done);
  }

  stats(): Stats {
    return this.#index.stats()
  }

  /** Walks every link: mean degree, and rows that no way leads to. */
  shape(): Shape {
    return this.#index.shape()
  }

  /** The farther an index has got ahead of a compaction, the more of its steps a write takes: a step costs what an insert does at most. */
  #consolidate(): void {
    if (this.#consolidation === 'off') return
    const urgency = urgencyOf(this.#index.stats(), this.#consolidation)
    if (!this.#compaction && urgency > 1) this.#compaction = this.#index.compaction()
    const steps = Math.min(MOST_STEPS, STEPS * Math.max(1, Math.ceil(urgency)))
    for (let i = 0; i < steps && this.#compaction; i++) this.#step()
  }

  #step(): void {
    if (this.#compaction?.next().done) this.#compaction = null
  }
}
