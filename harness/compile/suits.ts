import { problem } from '../errors.ts'
import type { Dataset, Scenario } from '../model/index.ts'

/** Throws SCENARIO_DATASET if the dataset cannot give what the scenario asks for. */
export const refuseDataset = (scenario: Scenario, dataset: Dataset): void => {
  const why = misfit(scenario, dataset)
  if (why)
    throw problem('SCENARIO_DATASET', { scenario: scenario.name, dataset: dataset.name, why })
}

const misfit = (
  { phases, reembed, k }: Scenario,
  { models, revisions, rows }: Dataset,
): string | null => {
  const first = models[0]
  if (!first || first.queries.count === 0) return 'it has no queries'
  if (k > rows) return `k is ${k}, and it has ${rows} rows`
  const updated = phases.find(({ writes }) => writes && writes.mix.update > 0)
  if (updated && revisions < 2) {
    return `phase ${updated.name} updates rows, and it has one revision of each: set dataset.revisions to 2 or more`
  }
  if (!reembed) return null
  const next = models[reembed.to - 1]
  if (!next) return `reembed.to is ${reembed.to}, and it has ${models.length} models`
  if (reembed.style === 'in-place' && next.dimensions !== first.dimensions) {
    return `a re-embedding in place needs equal dimensions, and model 1 has ${first.dimensions}, model ${reembed.to} ${next.dimensions}`
  }
  return null
}

/** Throws SCENARIO_ROWS if the dataset has fewer rows than are ever inserted. */
export const refuseRows = (scenario: Scenario, dataset: Dataset, needed: number): void => {
  if (needed <= dataset.rows) return
  throw problem('SCENARIO_ROWS', {
    scenario: scenario.name,
    dataset: dataset.name,
    needed,
    rows: dataset.rows,
  })
}
