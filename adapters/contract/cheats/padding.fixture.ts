import { aroundSim, remembered } from './around-sim.fixture.ts'

const seen = remembered<number>()

/** Fills a short answer with rows that it has seen, deleted or not. */
export default aroundSim('padding', (engine, { name }) => ({
  search: async (vector, k, signal, effort) => {
    const hits = await engine.search(vector, k, signal, effort)
    for (const { id, version } of hits) seen(name).set(id, version ?? 0)
    const others = [...seen(name)].filter(([known]) => hits.every(({ id }) => id !== known))
    return [...hits, ...others.map(([id, version]) => ({ id, version }))].slice(0, k)
  },
}))
