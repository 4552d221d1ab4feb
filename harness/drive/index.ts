/** Plays a trace against an engine and writes a run folder: effects live here and in the verbs. */
export {
  readAfter,
  readHistory,
  readManifest,
  readRun,
  readSamples,
  writeManifest,
  writeTrace,
  writeTraceFile,
} from './folder/index.ts'
export { type Progress, progressLine } from './progress.ts'
export type { Rebuild } from './sender/afterwards.ts'
export { MOST_SENDERS } from './sender/split.ts'
export { openSession, type Plan, type Session } from './session.ts'
