import { type Micros, type Scenario, SEARCH, stream } from '../model/index.ts'
import { instants } from './arrivals.ts'
import type { Calendar } from './calendar.ts'
import { popularity, zipfWeight } from './chance.ts'
import type { OpBuilder } from './columns.ts'
import type { Turns } from './migration.ts'
import { weightsOf } from './weights.ts'

/** The model that a search at this instant of the workload is asked by: 0 = whatever the alias points at. */
export const queryModel = ({ reembed }: Scenario, { queries }: Turns, at: Micros): number => {
  if (reembed?.style === 'blue-green') return 0
  return reembed && at >= queries ? reembed.to : 1
}

/** The searches of all phases. `each` asks every query in turn, on from phase to phase. */
export const addSearches = (
  ops: OpBuilder,
  scenario: Scenario,
  calendar: Calendar,
  turns: Turns,
  queries: number,
  seed: number,
): void => {
  let turn = 0
  scenario.phases.forEach(({ searches }, phase) => {
    if (!searches) return
    const { from, to } = calendar.phases[phase]!
    const { arrivals, pick, rate } = searches
    const rng = stream(seed, 'queries', phase)
    const zipf = pick === 'zipf' ? popularQueries(queries, seed) : null
    const query = (): number => {
      if (zipf) return zipf.find(rng.below(zipf.total))
      return pick === 'each' ? turn++ % queries : rng.below(queries)
    }
    for (const at of instants(arrivals, rate, 1, from, to, seed, `searches/${phase}`)) {
      const op = ops.add(calendar.stretch(at), SEARCH, 0, phase)
      ops.fields.query[op] = query()
      ops.fields.model[op] = queryModel(scenario, turns, at)
      ops.fields.k[op] = scenario.k
    }
  })
}

const popularQueries = (queries: number, seed: number) => {
  const weights = weightsOf(queries)
  popularity(queries, seed, 'queries').forEach((rank, query) => {
    weights.add(query, zipfWeight(rank))
  })
  return weights
}
