import type { Case } from '../case.ts'
import { ghostLine, ghostSearchesLine, lostLine } from '../lines/rows.ts'

export const ROWS: readonly Case[] = [
  {
    name: 'rows',
    about: '2 % of the inserts are lost, 4 % of the deletes never take effect',
    proves:
      'What an engine acknowledged and did not do is found and counted, exactly: by looking up every probed row, and in the answers to ordinary searches.',
    flaws: { lost: 0.02, ghosts: 0.04 },
    sets: [
      'phases.steady.for=2500ms',
      'phases.steady.writes.mix.insert=60',
      'phases.steady.writes.mix.delete=40',
      'phases.steady.searches.rate=200/s',
      'probes.growth=1.5',
    ],
    full: ['phases.steady.for=25s', 'dataset.rows=40000', 'preload=8000'],
    timeless: true,
    judge: (evidence) => [lostLine(evidence), ghostLine(evidence), ghostSearchesLine(evidence)],
  },
]
