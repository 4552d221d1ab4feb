import type { Case } from '../case.ts'
import { missingLine, recallLines, shortLine } from '../lines/recall.ts'

/** Searches alone: nothing is written, so that every answer has one right recall. */
const STILL = [
  'probes=null',
  'phases.steady.writes=null',
  'phases.steady.for=1500ms',
  'phases.steady.searches.rate=700/s',
  'dataset.queries=1000',
]
const MANY = ['phases.steady.for=30s']

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
    name: 'short',
    about: '5 % of the places of an answer stay empty',
    proves: 'A place that an engine leaves empty is a neighbour missed; nothing is padded.',
    flaws: { short: 0.05 },
    sets: STILL,
    full: MANY,
    timeless: true,
    judge: (evidence) => [...recallLines(evidence), shortLine(evidence)],
  },
]
