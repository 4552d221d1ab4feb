/** The files of a run folder (definitions §1 says what their columns mean): Arrow IPC streams, and manifest.json. */
export { readAfter, writeAfter } from './after.ts'
export { createHistory, type EventBatch, type HistoryFile, readHistory } from './history.ts'
export { readManifest, readRun, writeManifest } from './run.ts'
export { createSamples, readSamples, type SamplesFile } from './samples.ts'
export { readTrace, writeTrace, writeTraceFile } from './trace.ts'
