/** Runs written in the field's formats, and the field's results read. */
export { freshFolder, writePieces } from './files.ts'
export { hdrLog, intervalsOf, seriesOf } from './hdr/index.ts'
export { readOthers } from './others/index.ts'
export { type Assume, runbookFiles, runbookOf } from './runbook/index.ts'
export { csvOf, gaugesTable, historyTable, type RecallOf, writeParquet } from './tables/index.ts'
export { vectorDbBenchFile, vectorDbBenchOf } from './vectordbbench/index.ts'
