import type { Case } from '../case.ts'
import { overloadLines, stallLines } from '../lines/response.ts'
import { bracketLines } from '../lines/visibility.ts'

const STALL = { every: 2_400, for: 2_000 }
const CAPACITY = 400

export const LOAD: readonly Case[] = [
  {
    name: 'stall',
    about: 'nothing is answered for 2 s, at 1,000 searches a second',
    proves:
      'The loop is open: requests that fall into a stall are charged with their wait. A harness that waits for answers sends a handful of them and reports the stall as a single slow request.',
    flaws: { stall: { ...STALL, from: 'firstWrite' } },
    sets: [
      'phases.steady.for=4700ms',
      'phases.steady.searches.rate=1000/s',
      'phases.steady.searches.arrivals=even',
      'phases.steady.writes.rate=90/s',
      'preload=100',
      'probes.cap=300%',
      'probes.deadline=4s',
      'phases.steady.writes.rest=4s',
    ],
    full: [],
    judge: (evidence) => [...stallLines(STALL, evidence), ...bracketLines(evidence)],
  },
  {
    name: 'overload',
    about: 'a queue that serves 400 a second is offered 600',
    proves:
      'Above its capacity an engine gets slower with every second, and the loop does not spare it: response times grow linearly as the closed form of the queue has them, and what is achieved is the capacity.',
    flaws: { capacity: { perSecond: CAPACITY } },
    sets: [
      'probes=null',
      'phases.steady.writes=null',
      'phases.steady.searches.rate=600/s',
      'phases.steady.searches.arrivals=even',
      'phases.steady.for=2s',
      'preload=100',
    ],
    full: ['phases.steady.for=15s', 'client.timeout=30s'],
    judge: (evidence) => overloadLines(CAPACITY, evidence),
  },
]
