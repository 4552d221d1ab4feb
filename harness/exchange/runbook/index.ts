/** A run as a big-ann streaming runbook, with its vectors and the exact truth of each search step. */
export type { Assume } from './effects.ts'
export { type Runbook, runbookOf } from './runbook.ts'
export { runbookFiles } from './write.ts'
