import { type Micros, SECOND } from '../model/index.ts'

/** How far a run is. */
export interface Progress {
  readonly elapsed: Micros
  /** The end of the trace's last phase; ladders may run past it. */
  readonly end: Micros
  /** Its name; not shown past the end. */
  readonly phase: string
  /** Operations a second that were begun, and that were answered. */
  readonly offered: number
  readonly achieved: number
  readonly inFlight: number
  readonly unseen: number
}

/** One line about a running run, without a line break. */
export const progressLine = (progress: Progress): string => {
  const { elapsed, end, phase, offered, achieved, inFlight, unseen } = progress
  const seconds = (time: Micros): string => (Math.max(0, time) / SECOND).toFixed(0)
  const place =
    elapsed < end
      ? [`${seconds(elapsed)}/${seconds(end)} s`, phase]
      : [`${seconds(end)} s`, `last probes, ${seconds(elapsed - end)} s so far`]
  return [
    ...place,
    `${offered.toFixed(0)} ops/s offered, ${achieved.toFixed(0)} answered`,
    `${inFlight} in flight`,
    `${unseen} not yet seen`,
  ].join(' · ')
}
