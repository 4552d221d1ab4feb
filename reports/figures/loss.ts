import { runNames } from '../input.ts'
import { colour, DASHES } from '../theme.ts'
import { type FigureOf, WIDTH } from './figure.ts'

const CAUSES = [
  ['notYetVisible', 'not yet visible'],
  ['crowdedOut', 'crowded out by ghosts and stale rows'],
  ['short', 'short answers'],
  ['index', 'missed by the index'],
  ['undecided', 'undecided (writes in flight)'],
] as const

/** What the missing neighbours are blamed on, one stacked bar a run. */
export const loss: FigureOf = (inputs) => {
  const names = runNames(inputs)
  const values = inputs.flatMap(({ findings }, i) => {
    const found = findings.loss
    if (!found) return []
    const part = { ...found, notYetVisible: found.notYetVisible.high }
    return CAUSES.map(([key, cause], order) => ({
      run: names[i],
      cause,
      order,
      share: part[key] ?? 0,
    }))
  })
  if (values.length === 0) return null
  return {
    title: 'Loss by cause',
    caption:
      'Share of true neighbours that were missing from the answers of the foreground searches, split by cause. The shares add up to 1 − recall; what writes in flight leave undecided stands apart at the end.',
    key: CAUSES.map(([, name], i) => ({ name, colour: colour(i + 2), dash: DASHES[0]! })),
    spec: {
      data: { values },
      width: WIDTH - 60,
      height: { step: 34 },
      mark: { type: 'bar', height: 20 },
      encoding: {
        y: {
          field: 'run',
          type: 'nominal',
          sort: null,
          axis: { title: null, labelFontSize: 12, labelColor: 'var(--ink)' },
        },
        x: {
          field: 'share',
          type: 'quantitative',
          stack: 'zero',
          axis: { title: 'share of true neighbours missing', format: '~%' },
        },
        order: { field: 'order', type: 'quantitative' },
        color: {
          field: 'cause',
          type: 'nominal',
          legend: null,
          scale: {
            domain: CAUSES.map(([, cause]) => cause),
            range: CAUSES.map((_, i) => colour(i + 2)),
          },
        },
      },
    },
  }
}
