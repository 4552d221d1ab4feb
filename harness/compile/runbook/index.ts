/** Streaming runbooks of the field: read, checked, and laid out in time (definitions §7). */
export { type RunbookFile, readRunbook } from './read.ts'
export { replayRunbook } from './replay.ts'
export { timelineOf } from './timeline.ts'
export { runbookRevisions } from './versions.ts'
export { type Written, walkRunbook } from './walk.ts'
