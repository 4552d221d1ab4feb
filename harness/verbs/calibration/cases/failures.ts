import type { Case } from '../case.ts'
import { addsUpLine, firstLine, forgottenLine } from '../lines/crash.ts'
import {
  infiniteLines,
  lateWritesLine,
  outcomeLines,
  possibleLine,
  serviceLine,
} from '../lines/outcomes.ts'
import { ladderLine } from '../lines/visibility.ts'

const MIXED = [
  'phases.steady.writes.mix.insert=60',
  'phases.steady.writes.mix.delete=40',
  'phases.steady.searches.rate=200/s',
  'probes.growth=1.5',
]
const LONG = ['phases.steady.for=20s']

export const FAILURES: readonly Case[] = [
  {
    name: 'errors',
    about:
      '5 % of the requests are refused, 4 % end in an error, 4 % are never answered; half of the latter two happen',
    proves:
      'Every request is accounted for by what became of it, failures count as infinitely slow, and what may have happened is judged as possible, not as done or undone.',
    flaws: { errors: { fail: 0.05, unknown: 0.04 }, timeouts: 0.04 },
    sets: ['client.timeout=1s', ...MIXED],
    full: LONG,
    timeless: true,
    judge: (evidence) => [
      ...outcomeLines(evidence),
      ...infiniteLines(['p90', 'p99'], evidence),
      ladderLine(evidence),
      possibleLine(evidence),
    ],
  },
  {
    name: 'late',
    about:
      '5 % of the requests are carried out and answered 900 ms later, 400 ms after the time-out',
    proves:
      'An answer after the time-out is no answer: the request is unknown and infinitely slow, and yet what it wrote is seen, and judged as written.',
    flaws: { late: { share: 0.05, by: 900 } },
    sets: ['client.timeout=500ms', ...MIXED],
    full: LONG,
    timeless: true,
    judge: (evidence) => [
      ...outcomeLines(evidence),
      ...infiniteLines(['p99'], evidence),
      serviceLine(evidence),
      lateWritesLine(evidence),
      ladderLine(evidence),
      possibleLine(evidence),
    ],
  },
  {
    name: 'crash',
    about: 'the engine crashes in mid-run, is back 300 ms later, and has forgotten its last second',
    proves:
      'Acknowledged writes that a crash took are lost, each of them and no other; every request is accounted for; and the run says in its first line that the engine ended.',
    flaws: { crash: { at: 1_500, down: 300, forgets: 1_000 } },
    sets: ['phases.steady.for=3s', ...MIXED],
    full: LONG,
    timeless: true,
    judge: (evidence) => [forgottenLine(evidence), addsUpLine(evidence), firstLine(evidence)],
  },
]
