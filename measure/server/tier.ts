/**
 * `node measure/server/tier.ts [rows]`: what the hot tier gives and takes: processor time of storing a row and of linking it, and of a
 * search at ef 64 while so many rows wait for their links. 128 dimensions, k 10.
 */
import { createHnsw } from '../../adapters/hnsw/engine/index.ts'
import { SETS } from '../engine/sets.ts'
import { machine, median } from '../machine.ts'

const ROWS = Number(process.argv[2] ?? 20_000)
const MOST = 1024
const ROUNDS = 5
const points = SETS.iso128(ROWS + MOST, 1000, 5)

/** Microseconds of processor time that one of them takes. */
const each = (count: number, work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}

const index = createHnsw({
  dimensions: 128,
  metric: 'l2',
  m: 16,
  efConstruction: 128,
  seed: 1,
  selection: 'heuristic',
  hot: MOST,
})
for (let id = 0; id < ROWS; id++) index.upsert(id, 0, points.rows[id]!)
while (index.linkOne());

const search = (): void => {
  for (const query of points.queries) index.search(query, 10, 64)
}
search()
console.log(`${machine()}; ${ROWS} rows`)
for (let [stored, wanted] = [0, 0]; wanted <= MOST; wanted = Math.max(128, 2 * wanted)) {
  const added = wanted - stored
  const store = each(added, () => {
    for (; stored < wanted; stored++) index.upsert(ROWS + stored, 0, points.rows[ROWS + stored]!)
  })
  const rounds = Array.from({ length: ROUNDS }, () => each(points.queries.length, search))
  const told = added > 0 ? `a row is stored in ${store.toFixed(1)} µs, ` : ''
  console.log(`${wanted} rows wait: ${told}a search takes ${median(rounds).toFixed(1)} µs`)
}
const linked = each(MOST, () => {
  while (index.linkOne());
})
console.log(`a row is linked in ${linked.toFixed(0)} µs`)
