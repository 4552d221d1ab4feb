import type { ReportInput } from '../input.ts'
import { backlog } from './backlog.ts'
import { ecdf } from './ecdf.ts'
import { effort } from './effort.ts'
import type { Figure } from './figure.ts'
import { latency } from './latency.ts'
import { loss } from './loss.ts'
import { maintenance } from './maintenance.ts'
import { recall } from './recall.ts'

export type { Figure } from './figure.ts'

/** The figures in the order in which a page shows them. */
export const figuresOf = (inputs: readonly ReportInput[]): readonly Figure[] => [
  ...one(ecdf(inputs)),
  ...one(latency(inputs)),
  ...one(recall(inputs)),
  ...maintenance(inputs),
  ...one(effort(inputs)),
  ...one(loss(inputs)),
  ...one(backlog(inputs)),
]

const one = (figure: Figure | null): readonly Figure[] => (figure === null ? [] : [figure])
