/** `npm run fuzz [-- --seconds N] [--seed S]`: damages logs and snapshots of the in-house server, and sends it hostile requests, for as long in all. */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { hostileBytes, hostileRequest } from '../adapters/hnsw/hostile.fixture.ts'
import { portOf, withService } from '../adapters/hnsw/service.fixture.ts'
import { damagedLog, damagedSnapshot, forgedRecord } from '../adapters/hnsw/store/fuzz.fixture.ts'
import { withFolder } from '../adapters/hnsw/store/store.fixture.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } })
const seed = Number(values.seed ?? randomInt(2 ** 31))
const seconds = Number(values.seconds ?? 60)
const PROPERTIES = 6

const RUNS = 200

/** Rounds, each of another seed, until its share of the time is over. A failure tells seed and path. */
const hold = async <Ts>(name: string, property: fc.IAsyncProperty<Ts>): Promise<void> => {
  const end = performance.now() + (seconds * 1000) / PROPERTIES
  let rounds = 0
  while (performance.now() < end) {
    await fc.assert(property, { seed: seed + rounds++, numRuns: RUNS, endOnFailure: true })
  }
  console.log(`${name}: ${RUNS * rounds} runs`)
}

console.log(`seed ${seed}, ${seconds} s`)
await withFolder(async (dir) => hold('logs, each operation synced', await damagedLog(dir)))
await withFolder(async (dir) => hold('logs, the last ones not synced', await damagedLog(dir, 4)))
await withFolder(async (dir) => hold('snapshots', await damagedSnapshot(dir)))
await withFolder(async (dir) => hold('forged records', await forgedRecord(dir)))
await withService(async (ask, _, server) => {
  await hold('requests', hostileRequest(ask))
  await hold('bytes', hostileBytes(ask, portOf(server)))
})
