import { aroundSim } from './around-sim.fixture.ts'

/** A search that failed is told as one that found nothing. */
export default aroundSim('hidden-errors', (engine) => ({
  search: (vector, k, signal, effort) =>
    engine.search(vector, k, signal, effort).catch((error) => {
      // What is plainly wrong is still refused; what failed on the way is hidden.
      if (error.outcome === 'fail') throw error
      return []
    }),
}))
