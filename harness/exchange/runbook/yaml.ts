import type { Step } from './steps.ts'

/** When the request behind a step was due, sent and answered, in microseconds since the run began; null where the run did not see it. */
export interface StepTime {
  readonly step: number
  readonly due: number
  readonly sent: number | null
  readonly done: number | null
}

/** What a runbook says beyond the field's own keys, under `driftmark`, which the reference loader does not read. */
export interface RunbookNotes {
  readonly [key: string]: string | number | null
}

/** The key of the map beside the dataset's. */
export const NOTES_KEY = 'driftmark'

/**
 * A runbook as text, in pieces: the map of the dataset with its steps numbered from 1, and `max_pts`, the most rows live at once. With
 * `notes`, a second map follows with what the format has no place for, and the times of the steps.
 */
export function* runbookText(
  dataset: string,
  peak: number,
  steps: readonly Step[],
  notes: RunbookNotes | null,
  times: Iterable<StepTime>,
): Generator<string> {
  yield `${JSON.stringify(dataset)}:\n  max_pts: ${peak}\n`
  for (const [i, step] of steps.entries()) {
    yield `  ${i + 1}: ${flow(step)}\n`
  }
  if (!notes) return
  yield `${NOTES_KEY}:\n`
  for (const [key, value] of Object.entries(notes)) yield `  ${key}: ${JSON.stringify(value)}\n`
  yield '  times_us:\n'
  for (const { step, ...at } of times) yield `    ${step}: ${flow(at)}\n`
}

const flow = (map: Readonly<Record<string, string | number | null>>): string =>
  `{${Object.entries(map)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')}}`
