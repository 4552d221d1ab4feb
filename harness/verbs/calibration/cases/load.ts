import type { Case } from '../case.ts'
import { stallLines } from '../lines/response.ts'
import { visibilityLines } from '../lines/visibility.ts'

const STALL = { every: 3_200, for: 2_000 }

export const LOAD: readonly Case[] = [
  {
    name: 'stall',
    about: 'nothing is answered for 2 s, at 1,000 searches a second',
    proves:
      'The loop is open: requests that fall into a stall are charged with their wait. A harness that waits for answers sends a handful of them and reports the stall as a single slow request.',
    flaws: { stall: STALL },
    sets: [
      'phases.steady.for=4500ms',
      'phases.steady.searches.rate=1000/s',
      'phases.steady.searches.arrivals=even',
      'phases.steady.writes.rate=90/s',
      'preload=100',
      'probes.cap=300%',
      'probes.deadline=4s',
      'phases.steady.writes.rest=4s',
    ],
    full: [],
    judge: (evidence) => [...stallLines(STALL, evidence), ...visibilityLines(evidence)],
  },
]
