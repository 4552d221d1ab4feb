import type { Case } from '../case.ts'
import { flickerLine, ghostLine, lostLine, strayLines } from '../lines/rows.ts'

export const ROWS: readonly Case[] = [
  {
    name: 'rows',
    about:
      '2 % of the upserts are lost, 10 % vanish for 300 ms after they were seen, 10 % of the updates leave the old version beside the new, 4 % of the deletes never take effect, 10 % come back after 300 ms',
    proves:
      'What an engine acknowledged and did not do, or undid, is found and counted: by looking up every probed row, by its probes, and in the answers to ordinary searches.',
    flaws: {
      lost: 0.02,
      flicker: { share: 0.1, after: 200, for: 300 },
      stale: 0.1,
      ghosts: 0.04,
      returns: { share: 0.1, after: 300 },
    },
    sets: [
      'dataset.revisions=2',
      'phases.steady.for=2500ms',
      'phases.steady.writes.rate=300/s',
      'phases.steady.writes.mix.insert=40',
      'phases.steady.writes.mix.update=20',
      'phases.steady.writes.mix.delete=40',
      'phases.steady.searches.rate=200/s',
      'probes.growth=1.5',
      'probes.watch=100%',
    ],
    full: ['phases.steady.for=20s', 'preload=3000'],
    timeless: true,
    judge: (evidence) => [
      lostLine(evidence),
      ghostLine(evidence),
      flickerLine(evidence),
      ...strayLines(evidence),
    ],
  },
]
