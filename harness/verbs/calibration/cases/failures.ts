import type { Case } from '../case.ts'
import { infiniteLines, outcomeLines, possibleLine } from '../lines/outcomes.ts'
import { ladderLine } from '../lines/visibility.ts'

export const FAILURES: readonly Case[] = [
  {
    name: 'errors',
    about:
      '5 % of the requests are refused, 4 % end in an error, 4 % are never answered; half of the latter two happen',
    proves:
      'Every request is accounted for by what became of it, failures count as infinitely slow, and what may have happened is judged as possible, not as done or undone.',
    flaws: { errors: { fail: 0.05, unknown: 0.04 }, timeouts: 0.04 },
    sets: [
      'client.timeout=1s',
      'phases.steady.writes.mix.insert=60',
      'phases.steady.writes.mix.delete=40',
      'phases.steady.searches.rate=200/s',
      'probes.growth=1.5',
    ],
    full: ['phases.steady.for=20s', 'dataset.rows=40000', 'preload=8000'],
    timeless: true,
    judge: (evidence) => [
      ...outcomeLines(evidence),
      ...infiniteLines(evidence),
      ladderLine(evidence),
      possibleLine(evidence),
    ],
  },
]
