import { INELIGIBLE, NOT_DRAWN, WATCHED } from './probes.ts'
import { WHAT } from './requests.ts'
import type { WriteLog } from './write-log.ts'

type PerKind = Record<(typeof WHAT)[number], number>

/** Rows of writes, counted. */
export interface Tally {
  readonly probed: PerKind
  readonly ineligible: PerKind
  /** The same, one entry for each phase that writes. */
  readonly phases: ReadonlyMap<number, PhaseCounts>
}

type PhaseCounts = Record<'written' | 'probed' | 'watched' | 'ineligible', PerKind>

const none = (): PerKind => ({ insert: 0, update: 0, delete: 0 })

const fresh = (): PhaseCounts => ({
  written: none(),
  probed: none(),
  watched: none(),
  ineligible: none(),
})

/** @param drawn what `addProbes` made of each entry of the log; @param phaseOf the phase of each op */
export const tally = (log: WriteLog, drawn: Uint8Array, phaseOf: Uint16Array): Tally => {
  const probed = none()
  const ineligible = none()
  const phases = new Map<number, PhaseCounts>()
  for (let entry = 0; entry < log.count; entry++) {
    const kind = WHAT[log.what[entry]!]!
    const phase = phaseOf[log.op[entry]!]!
    const counts = phases.get(phase) ?? fresh()
    phases.set(phase, counts)
    const state = drawn[entry]!
    counts.written[kind]++
    if (state === INELIGIBLE) {
      ineligible[kind]++
      counts.ineligible[kind]++
    } else if (state !== NOT_DRAWN) {
      probed[kind]++
      counts.probed[kind]++
      if (state === WATCHED) counts.watched[kind]++
    }
  }
  return { probed, ineligible, phases }
}
