import type { Evidence } from './evidence.ts'
import { countLine, type Line, recallLine, visibilityLines } from './lines.ts'

/** One known flaw, what the sim is told, and how the findings are held against what the sim says of itself. */
export interface Case {
  readonly name: string
  /** Options of the sim. */
  readonly flaws: Readonly<Record<string, unknown>>
  /** Changes to the scenario, as `--set` has them. */
  readonly sets: readonly string[]
  readonly judge: (evidence: Evidence) => readonly Line[]
}

const CHECKPOINT = [
  'checkpoints.every=8s',
  'checkpoints.rate=500/s',
  'dataset.queries=1000',
  'phases.steady.writes.rate=20/s',
]

/** The battery of the instrument: visibility known in distribution, loss, ghosts and recall known in number. */
export const CASES: readonly Case[] = [
  {
    name: 'visible after 20 ms',
    flaws: { delay: { fixed: 20 } },
    sets: [],
    judge: visibilityLines,
  },
  {
    name: 'visible after a lognormal delay, p99 80 ms',
    flaws: { delay: { lognormal: { p50: 15, p99: 80 } } },
    sets: [],
    judge: visibilityLines,
  },
  {
    name: 'a stall of 2 s every 10 s',
    flaws: { stall: { every: 10_000, for: 2_000 } },
    // A queue of two seconds must drain in no time, or its drain is measured too: few rows, few searches.
    sets: ['phases.steady.for=11s', 'preload=200', 'phases.steady.searches.rate=50/s'],
    judge: visibilityLines,
  },
  {
    name: '0.5 % of the writes lost, 1 % of the deletes ghosts',
    flaws: { lost: 0.005, ghosts: 0.01 },
    sets: ['probes.share=100%', 'probes.growth=1.3'],
    judge: (evidence) => [
      countLine('lost writes', 0.005, evidence.lost),
      countLine('ghosts', 0.01, evidence.ghosts),
    ],
  },
  {
    name: '3 % of the neighbours missing',
    flaws: { missing: 0.03 },
    sets: CHECKPOINT,
    judge: (evidence) => [recallLine(0.03, evidence)],
  },
  {
    name: '10 % of the neighbours missing',
    flaws: { missing: 0.1 },
    sets: CHECKPOINT,
    judge: (evidence) => [recallLine(0.1, evidence)],
  },
]
