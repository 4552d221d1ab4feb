import type { Stored } from '../../../harness/model/index.ts'
import { aroundSim, remembered } from './around-sim.fixture.ts'

const written = remembered<Stored>()

/** Asks the server, then adds from memory what it wrote itself: rows that the server may not hold. */
export default aroundSim('memory', (engine, { name }) => ({
  upsert: async (rows, signal) => {
    for (const row of rows) written(name).set(row.id, row)
    await engine.upsert(rows, signal)
  },
  delete: async (ids, signal) => {
    for (const id of ids) written(name).delete(id)
    await engine.delete(ids, signal)
  },
  search: async (vector, k, signal) => {
    await engine.search(vector, k, signal)
    const far = ({ vector: row }: Stored) =>
      row.reduce((sum, x, i) => sum + (x - vector[i]!) ** 2, 0)
    return [...written(name).values()].sort((a, b) => far(a) - far(b)).slice(0, k)
  },
}))
