import type { Case } from '../case.ts'
import { acknowledgedLine, visibilityLines } from '../lines/visibility.ts'

/** Ten times as many writes, at half the rate: p99.9 is supported from 3,688 probed ones on. */
const LONG = ['phases.steady.for=40s', 'phases.steady.writes.rate=100/s']

export const VISIBILITY: readonly Case[] = [
  {
    name: 'fixed',
    about: 'rows are visible after 20 ms; writes are acknowledged 200 ms later',
    proves:
      'A delay that is the same for every row is bracketed by the probes around it, and the bracket is as narrow as the ladder. An engine that acknowledges long after it shows a row loses nothing by it.',
    flaws: { delay: { fixed: 20 }, acknowledge: { after: 200 } },
    sets: ['probes.first=12ms'],
    full: LONG,
    judge: (evidence) => [...visibilityLines(evidence), acknowledgedLine(evidence)],
  },
  {
    name: 'lognormal',
    about:
      'rows are visible after a lognormal delay, p50 15 ms, p99 80 ms; writes are acknowledged at once',
    proves:
      'The quantiles of a spread delay are bracketed, and an engine that acknowledges long before it shows a row gains nothing by it.',
    flaws: { delay: { lognormal: { p50: 15, p99: 80 } } },
    sets: ['probes.first=4ms', 'probes.growth=1.15'],
    full: LONG,
    judge: (evidence) => [...visibilityLines(evidence), acknowledgedLine(evidence)],
  },
  {
    name: 'bimodal',
    about: 'nineteen rows of twenty are visible after 5 ms, one after 150 ms',
    proves:
      'A slow minority is not averaged away: the p99 is that of the slow rows, the p50 and the p90 are those of the fast ones.',
    flaws: { delay: { bimodal: { fast: 5, slow: 150, share: 0.05 } } },
    sets: ['probes.first=3ms', 'probes.growth=1.15'],
    full: LONG,
    judge: visibilityLines,
  },
  {
    name: 'growing',
    about: 'rows are visible after 5 ms and 0.2 ms more for each row written in the last second',
    proves:
      'A delay that grows with the load is measured as it grows: rows are drawn for probing without regard to when they are written.',
    flaws: { delay: { growing: { base: 5, perWrite: 0.2 } } },
    sets: ['probes.first=3ms', 'probes.growth=1.15'],
    full: LONG,
    judge: visibilityLines,
  },
]
