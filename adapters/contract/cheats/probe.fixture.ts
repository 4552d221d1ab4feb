import type { Stored } from '../../../harness/model/index.ts'
import { apart, aroundSim, remembered } from './around-sim.fixture.ts'

const written = remembered<Stored>()

/** Knows a probe by its nearness to a row that it wrote, and puts that row first; every other search is honest. */
export default aroundSim('probe', (engine, { name }) => ({
  upsert: async (rows, signal) => {
    await engine.upsert(rows, signal)
    for (const row of rows) written(name).set(row.id, row)
  },
  delete: async (ids, signal) => {
    await engine.delete(ids, signal)
    for (const id of ids) written(name).delete(id)
  },
  search: async (vector, k, signal, effort) => {
    const hits = await engine.search(vector, k, signal, effort)
    const probed = [...written(name).values()].find((row) => apart(row.vector, vector) < 1e-3)
    if (!probed || hits.some(({ id }) => id === probed.id)) return hits
    return [{ id: probed.id, version: probed.version }, ...hits].slice(0, k)
  },
}))
