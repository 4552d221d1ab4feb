/** Prints the bytes of resident memory that a row of 128 dimensions takes: a process of its own, which draws each row anew and keeps none. */
import { stream } from '../../harness/model/rng.ts'
import { engine } from './contender.ts'

const rows = Number(process.argv[2])
const chance = stream(1, 'memory')
const index = engine(128)
const vector = new Float32Array(128)
const upsert = (id: number): void => {
  for (let i = 0; i < 128; i++) vector[i] = chance.normal()
  index.upsert(id, 0, vector)
}
const settled = (): number => {
  for (let i = 0; i < 3; i++) globalThis.gc!()
  return process.memoryUsage().rss
}
// The code is compiled, and the heap has its size, before it counts.
const WARM = 1000
for (let id = 0; id < WARM; id++) upsert(id)
const before = settled()
for (let id = WARM; id < rows; id++) upsert(id)
console.log((settled() - before) / (rows - WARM))
