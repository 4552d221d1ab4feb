/** Where vectors come from: generated, real, or from files. */
export { CATALOG, type Entry } from './catalog.ts'
export { type Ids, readIbin, readIvecs } from './files/ids.ts'
export { describeDataset, openDataset, reopen } from './open.ts'
export { isPacked, openPacked, type Packed } from './packed/index.ts'
export type { Parameter, Parameters } from './parameters.ts'
export { type Revisions, withRevisions } from './runbook/index.ts'
