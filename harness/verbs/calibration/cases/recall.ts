import type { Case } from '../case.ts'
import { clipLines, driftLine, missingLine, recallLines, shortLine } from '../lines/recall.ts'

/** Searches alone: nothing is written, so that every answer has one right recall. */
const STILL = [
  'probes=null',
  'phases.steady.writes=null',
  'phases.steady.for=1500ms',
  'phases.steady.searches.rate=700/s',
  'dataset.queries=1000',
]
const MANY = ['phases.steady.for=30s']
const CLIP = 6
const PER_TURNOVER = 0.1

export const RECALL: readonly Case[] = [
  {
    name: 'missing',
    about: '3 % of the neighbours are missing at random',
    proves:
      'Recall is what the engine left out, to the last neighbour, and agrees with the share that it was told to leave out.',
    flaws: { missing: 0.03 },
    sets: STILL,
    full: MANY,
    timeless: true,
    judge: (evidence) => [...recallLines(evidence), missingLine(0.03, evidence)],
  },
  {
    name: 'copies',
    about:
      '3 % of the places of an answer stay empty, 3 % repeat the row before; half of the answers come in a drawn order',
    proves:
      'A place that is empty or holds a copy is a neighbour missed: nothing is padded, nothing counted twice. Recall does not depend on the order.',
    flaws: { short: 0.03, duplicates: 0.03, shuffled: 0.5 },
    sets: STILL,
    full: MANY,
    timeless: true,
    judge: (evidence) => [...recallLines(evidence), shortLine(evidence)],
  },
  {
    name: 'clip',
    about:
      'no answer is longer than 6 rows, though 10 are asked for, and all come in a drawn order',
    proves:
      'An engine that cuts answers short, as some do without a word, has the recall that is left, and its loss is called by its name.',
    flaws: { clip: CLIP, shuffled: 1 },
    sets: STILL,
    full: MANY,
    timeless: true,
    judge: (evidence) => [...recallLines(evidence), ...clipLines(CLIP, evidence)],
  },
  {
    name: 'drift',
    about: 'with each turnover 10 % more of the neighbours are missing',
    proves: 'Drift is a slope of known size, and the printed interval holds it.',
    flaws: { missingPerTurnover: PER_TURNOVER },
    sets: [
      'probes=null',
      'phases.steady.for=30s',
      'phases.steady.writes.rate=60/s',
      'phases.steady.writes.mix.delete=1',
    ],
    full: ['phases.steady.for=2m', 'phases.steady.searches.rate=200/s', 'preload=4000'],
    timeless: true,
    judge: (evidence) => [driftLine(PER_TURNOVER, evidence)],
  },
]
