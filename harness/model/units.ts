/** Microseconds since the run began, on one monotonic clock. */
export type Micros = number
/** Row id, dense from 0. A deleted id is never inserted again. */
export type Id = number
/** The stored version of a row: (model − 1) · revisions + revision; models count from 1, revisions from 0. */
export type Version = number

export const MILLI = 1_000
export const SECOND = 1_000_000

/** The version that stands for `revision` of a row embedded by `model`. */
export const versionOf = (model: number, revision: number, revisions: number): Version =>
  (model - 1) * revisions + revision
/** The model (from 1) that a version was embedded by. */
export const modelOf = (version: Version, revisions: number): number =>
  Math.floor(version / revisions) + 1
/** The revision (from 0) that a version holds. */
export const revisionOf = (version: Version, revisions: number): number => version % revisions

/** Where time comes from: the one effect that every timed thing takes as a value. */
export interface Clock {
  now(): Micros
}
