/** The history of a run as tables, and the files that hold them. */
export { csvOf } from './csv.ts'
export { gaugesTable, historyTable, type RecallOf } from './history.ts'
export { writeParquet } from './parquet.ts'
export type { Table } from './table.ts'
