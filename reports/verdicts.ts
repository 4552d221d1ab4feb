import { calibrated } from './calibrated.ts'
import { type ReportInput, runNames } from './input.ts'
import { machineText } from './machine.ts'

/** What a reader must know of a run before its numbers. */
export interface RunVerdict {
  readonly name: string
  readonly verdict: string
  readonly valid: boolean
  /** Why it is not valid. */
  readonly reasons: readonly string[]
  readonly notes: readonly string[]
}

/** The verdict of each run; a note that is the same of several runs, of all of them, is said once, in `shared`. */
export const verdictsOf = (
  inputs: readonly ReportInput[],
): { readonly runs: readonly RunVerdict[]; readonly shared: readonly string[] } => {
  const names = runNames(inputs)
  const notes = inputs.map(({ findings: { validity }, manifest }) => [
    ...validity.labels.map(({ text }) => text),
    ...machineText(validity.machine),
    `Instrument last calibrated: ${calibrated(manifest)}.`,
  ])
  const shared =
    inputs.length > 1 ? notes[0]!.filter((note) => notes.every((own) => own.includes(note))) : []
  const runs = inputs.map(({ findings: { validity, verdict } }, i) => ({
    name: names[i]!,
    verdict,
    valid: validity.valid,
    reasons: validity.reasons.map(({ text }) => text),
    notes: notes[i]!.filter((note) => !shared.includes(note)),
  }))
  return { runs, shared }
}
