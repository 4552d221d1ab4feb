/**
 * `node measure/durable.ts [FOLDER]`: rows a second that the in-house server inserts over HTTP, by 16 connections of one row a
 * request, for each way of syncing. The disk is that of the folder, by default of the system's temporary one.
 */
import { mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { adapter } from '../adapters/hnsw/adapter.ts'
import { stream } from '../harness/model/index.ts'
import { machine, median } from './machine.ts'

const CONNECTIONS = 16
const DIMENSIONS = 128
const ROWS = 10_000
const ROUNDS = 3
/** Rows a second, fsync before each acknowledgement. */
const BAR = 2000
const WAYS = [undefined, 'never', 10, 'always'] as const

const signal = new AbortController().signal
const clock = { now: () => performance.now() * 1000 }

/** One round on an empty server of its own. */
const insertsPerSecond = async (dir: string, sync: (typeof WAYS)[number]): Promise<number> => {
  const data = mkdtempSync(join(dir, 'driftmark-durable-'))
  const server = await adapter.launch!(data, sync === undefined ? {} : { data, sync })
  try {
    const engine = await adapter.open(server.options, COLLECTION, clock)
    const random = stream(1, 'durable')
    const vectors = Array.from({ length: ROWS }, () =>
      Float32Array.from({ length: DIMENSIONS }, () => random.normal()),
    )
    let next = 0
    const writer = async (): Promise<void> => {
      for (let id = next++; id < ROWS; id = next++) {
        await engine.upsert([{ id, version: 0, vector: vectors[id]! }], signal)
      }
    }
    const began = performance.now()
    await Promise.all(Array.from({ length: CONNECTIONS }, writer))
    const seconds = (performance.now() - began) / 1000
    await engine.close()
    return ROWS / seconds
  } finally {
    await server.stop()
    rmSync(data, { recursive: true })
  }
}

const COLLECTION = {
  name: 'a',
  dimensions: DIMENSIONS,
  metric: 'l2',
  index: { kind: 'hnsw', m: 16, efConstruction: 128, ef: 64 },
  consistency: 'default',
  durability: 'default',
  connections: CONNECTIONS,
} as const

/** What an fdatasync behind 16 rows takes there, without a server: milliseconds, the median of 200. */
const syncTime = async (dir: string): Promise<number> => {
  const path = join(mkdtempSync(join(dir, 'driftmark-durable-')), 'file')
  const file = await open(path, 'w')
  const times: number[] = []
  for (let i = 0; i < 200; i++) {
    await file.writeFile(Buffer.alloc(CONNECTIONS * DIMENSIONS * 4))
    const began = performance.now()
    await file.datasync()
    times.push(performance.now() - began)
  }
  await file.close()
  rmSync(join(path, '..'), { recursive: true })
  return median(times)
}

/** Device and file system of the longest mount point above the folder; elsewhere than on Linux its type alone. */
const diskOf = (dir: string): string => {
  if (process.platform !== 'linux') return `file system type ${statfsSync(dir).type}`
  const mounts = readFileSync('/proc/mounts', 'utf8').trim().split('\n')
  const [device, , type] = mounts
    .map((line) => line.split(' '))
    .filter(([, at = '']) => `${dir}/`.startsWith(at.endsWith('/') ? at : `${at}/`))
    .sort((a, b) => b[1]!.length - a[1]!.length)[0]!
  return `${type} on ${device}`
}

const dir = resolve(process.argv[2] ?? tmpdir())
console.log(machine())
console.log(`disk: ${diskOf(dir)}, an fdatasync ${(await syncTime(dir)).toFixed(3)} ms (median)`)
const rates = new Map<(typeof WAYS)[number], number[]>(WAYS.map((way) => [way, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const way of WAYS) rates.get(way)!.push(await insertsPerSecond(dir, way))
}
for (const [way, figures] of rates) {
  const name =
    way === undefined ? 'in memory' : `sync ${way}${typeof way === 'number' ? ' ms' : ''}`
  const bar = way === 'always' ? ` (bar ${BAR})` : ''
  console.log(
    `${name}: ${median(figures).toFixed(0)} inserts/s${bar}; rounds ${figures.map(Math.round).join(' ')}; ${ROWS} rows of ${DIMENSIONS} dimensions, ${CONNECTIONS} connections`,
  )
}
