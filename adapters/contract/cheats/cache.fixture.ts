import type { Hit } from '../../../harness/model/index.ts'
import { aroundSim } from './around-sim.fixture.ts'

/** Answers a search that it has seen before from a cache of its own. */
export default aroundSim('cache', (engine) => {
  const answers = new Map<string, readonly Hit[]>()
  return {
    search: async (vector, k, signal, effort) => {
      const key = `${k} ${vector.join()}`
      const known = answers.get(key)
      if (known) return known
      const hits = await engine.search(vector, k, signal, effort)
      answers.set(key, hits)
      return hits
    },
  }
})
