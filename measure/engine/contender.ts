import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHnsw, type Hnsw } from '../../adapters/hnsw/engine/index.ts'

/** What every index of a comparison is built with; M links above layer 0, 2M on it, Euclidean distance. */
export const M = 16
export const EF_CONSTRUCTION = 128
export const K = 10

/** One index under measurement. `point` makes what its calls take of a vector, outside of what is timed. */
export interface Contender<Point = unknown> {
  readonly name: string
  point(vector: Float32Array): Point
  insert(id: number, point: Point): void
  /** Called once, before the first search, with every ef to come. */
  finish(efs: readonly number[]): void
  /** The ids of the K nearest, as the index gives them. */
  search(point: Point, ef: number): ArrayLike<number | bigint>
}

/** An empty index of the engine under test. */
export const engine = (dimensions: number, seed = 1): Hnsw =>
  createHnsw({
    dimensions,
    metric: 'l2',
    m: M,
    efConstruction: EF_CONSTRUCTION,
    seed,
    selection: 'heuristic',
  })

export const ours = (dimensions: number): Contender<Float32Array> => {
  const index = engine(dimensions)
  return {
    name: 'driftmark',
    point: (vector) => vector,
    insert: (id, point) => index.upsert(id, 0, point),
    finish: () => {},
    search: (point, ef) => index.search(point, K, ef).ids,
  }
}

interface HnswlibIndex {
  initIndex(most: number, m: number, ef: number, seed: number, replace: boolean): void
  addPoint(point: number[], label: number, replaceDeleted?: boolean): void
  markDelete(label: number): void
  setEf(ef: number): void
  searchKnn(point: number[], k: number): { neighbors: number[] }
}
interface UsearchIndex {
  add(key: bigint, vector: Float32Array, threads: number): void
  search(vector: Float32Array, k: number, threads: number): { keys: BigUint64Array }
  save(path: string): void
  load(path: string): void
}
/** The peers' packages, as far as they could be had. */
export interface Peers {
  readonly hnswlib?: { HierarchicalNSW: new (space: string, dimensions: number) => HnswlibIndex }
  readonly usearch?: { Index: new (options: object) => UsearchIndex }
}

const FOLDER = join(import.meta.dirname, '../../.peers')
const PACKAGES = ['hnswlib-node@3.0.0', 'usearch@2.26.2'] as const

/** Installs the peers into a folder of their own, once, and loads them; says which cannot be had, and why. */
export const loadPeers = (): Peers => {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n')
  const require = createRequire(join(FOLDER, 'package.json'))
  const [hnswlib, usearch] = PACKAGES.map((name) => {
    const folder = join(FOLDER, 'node_modules', name.slice(0, name.lastIndexOf('@')))
    if (!existsSync(folder)) install(name)
    try {
      return require(folder)
    } catch (error) {
      console.log(`${name} cannot be had: ${(error as Error).message.split('\n')[0]}`)
      return undefined
    }
  })
  return { hnswlib, usearch }
}

const install = (name: string): void => {
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--no-save', '--no-fund', '--no-audit', ...PACKAGES],
    { cwd: FOLDER, encoding: 'utf8' },
  )
  if (status !== 0) console.log(`npm could not install ${name}: ${stderr.slice(-300)}`)
}

export const hnswlib = (
  { HierarchicalNSW }: NonNullable<Peers['hnswlib']>,
  dimensions: number,
  rows: number,
): Contender<number[]> & { readonly index: HnswlibIndex } => {
  const index = new HierarchicalNSW('l2', dimensions)
  index.initIndex(rows, M, EF_CONSTRUCTION, 1, true)
  return {
    name: 'hnswlib-node',
    index,
    point: (vector) => Array.from(vector),
    insert: (id, point) => index.addPoint(point, id),
    finish: () => {},
    search: (point, ef) => {
      index.setEf(ef)
      return index.searchKnn(point, K).neighbors
    },
  }
}

/** It fixes ef when an index is made: each ef gets a copy of its own, loaded from what was built. */
export const usearch = (
  { Index }: NonNullable<Peers['usearch']>,
  dimensions: number,
): Contender<Float32Array> => {
  const create = (expansion_search: number) =>
    new Index({
      dimensions,
      metric: 'l2sq',
      quantization: 'f32',
      connectivity: M,
      expansion_add: EF_CONSTRUCTION,
      expansion_search,
      multi: false,
    })
  const built = create(64)
  const copies = new Map<number, UsearchIndex>()
  return {
    name: 'usearch f32',
    point: (vector) => vector,
    insert: (id, point) => built.add(BigInt(id), point, 1),
    finish: (efs) => {
      const path = join(tmpdir(), `driftmark-usearch-${process.pid}`)
      built.save(path)
      for (const ef of efs) {
        const copy = create(ef)
        copy.load(path)
        copies.set(ef, copy)
      }
      rmSync(path)
    },
    search: (point, ef) => copies.get(ef)!.search(point, K, 1).keys,
  }
}
