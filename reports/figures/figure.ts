import type { Spec } from '../draw.ts'
import { type ReportInput, runNames } from '../input.ts'
import { scanned, scanOf } from '../scan.ts'
import { colour, DASHES } from '../theme.ts'

/** One figure of the page: a title, what it shows in a sentence or two, and its specification. */
export interface Figure {
  readonly title: string
  readonly caption: string
  readonly spec: Spec
  /** What stands in the key above it; the runs, unless it says otherwise. */
  readonly key: readonly {
    readonly name: string
    readonly colour: string
    readonly dash: readonly number[]
  }[]
}

/** A figure from the runs of a page; null where no run has anything to show. */
export type FigureOf = (inputs: readonly ReportInput[]) => Figure | null

export const WIDTH = 900

/** The key of the runs: colour and dash by position. */
export const runKey = (inputs: readonly ReportInput[]): Figure['key'] =>
  runNames(inputs).map((name, i) => ({ name, colour: colour(i), dash: DASHES[i % DASHES.length]! }))

/** The same for a figure of recall: how it was found stands beside the run's name. */
export const recallKey = (inputs: readonly ReportInput[]): Figure['key'] =>
  runKey(inputs).map((entry, i) => ({
    ...entry,
    name: scanned(entry.name, scanOf(inputs[i]!.findings)),
  }))

/** An axis of recall, from about the lowest that is drawn to 1; never shorter than a hundredth, which answers without a fault would make it. */
export const recallAxis = (drawn: readonly { readonly low: number | null }[]): Spec => {
  const isHigh = drawn.every(({ low }) => low === null || low > 0.99)
  return {
    type: 'quantitative',
    scale: { zero: false, domainMax: 1, ...(isHigh ? { domainMin: 0.99 } : {}) },
  }
}

/** Encodes the field `run` by colour; the key stands above the figure, so there is no legend. */
export const runColour = (inputs: readonly ReportInput[]): Spec => ({
  field: 'run',
  type: 'nominal',
  legend: null,
  scale: { domain: runNames(inputs), range: inputs.map((_, i) => colour(i)) },
})

export const runDash = (inputs: readonly ReportInput[]): Spec => ({
  field: 'run',
  type: 'nominal',
  legend: null,
  scale: { domain: runNames(inputs), range: inputs.map((_, i) => DASHES[i % DASHES.length]) },
})

/**
 * The phases of the first run as shaded bands with their names where there is room: they are the same for all runs of a page.
 * A phase that is not measured has no shade.
 */
export const phaseBands = (inputs: readonly ReportInput[]): readonly Spec[] => {
  const phases = inputs[0]?.findings.phases ?? []
  const whole = Math.max(...phases.map(({ to }) => to))
  const values = phases.map(({ name, from, to, measured }, i) => ({
    name: (to - from) / whole < 0.012 * name.length ? '' : name,
    from,
    to,
    shade: measured ? i % 2 : 2,
  }))
  if (values.length === 0) return []
  const x = { field: 'from', type: 'quantitative' }
  return [
    {
      data: { values },
      mark: { type: 'rect', color: 'var(--soft)' },
      encoding: {
        x,
        x2: { field: 'to' },
        opacity: {
          field: 'shade',
          type: 'nominal',
          legend: null,
          scale: { domain: [0, 1, 2], range: [0.05, 0.12, 0] },
        },
      },
    },
    {
      data: { values },
      mark: {
        type: 'text',
        align: 'left',
        baseline: 'top',
        dx: 4,
        dy: 3,
        fontSize: 11,
        color: 'var(--soft)',
      },
      encoding: { x, y: { value: 0 }, text: { field: 'name' } },
    },
  ]
}
