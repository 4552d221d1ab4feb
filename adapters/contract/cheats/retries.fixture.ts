import { aroundSim } from './around-sim.fixture.ts'

/** What failed is tried once more, and its first failure not told. */
export default aroundSim('retries', (engine) => ({
  upsert: (rows, signal) => engine.upsert(rows, signal).catch(() => engine.upsert(rows, signal)),
  delete: (ids, signal) => engine.delete(ids, signal).catch(() => engine.delete(ids, signal)),
  search: (vector, k, signal, effort) =>
    engine.search(vector, k, signal, effort).catch(() => engine.search(vector, k, signal, effort)),
}))
