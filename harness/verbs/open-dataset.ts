import { openDataset, withRevisions } from '../../datasets/index.ts'
import { runbookRevisions } from '../compile/index.ts'
import type { Dataset, Scenario } from '../model/index.ts'

/** The dataset of a scenario; with a runbook, as the versions that its steps store. Relative paths resolve against `base`. */
export const openFor = async (scenario: Scenario, base: string): Promise<Dataset> => {
  const { dataset, metric, runbook } = scenario
  const opened = await openDataset(dataset, metric, base)
  return runbook ? withRevisions(opened, runbookRevisions(runbook.steps)) : opened
}
