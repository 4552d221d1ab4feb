import type { Loss } from '../../harness/model/index.ts'
import { runNames } from '../input.ts'
import { colour, DASHES } from '../theme.ts'
import { type FigureOf, WIDTH } from './figure.ts'

const CAUSES = [
  ['late', 'not yet visible'],
  ['either', 'not yet visible or missed by the index'],
  ['lost', 'lost for good'],
  ['crowdedOut', 'crowded out by ghosts and stale rows'],
  ['short', 'short answers'],
  ['index', 'missed by the index'],
  ['undecided', 'undecided (writes in flight)'],
] as const

/** The part that was not yet visible: proven, lost, and what the probes leave open. They add up to its upper end. */
const freshness = ({ notYetVisible: { low, high }, lost }: Loss) => {
  const gone = lost ?? 0
  const late = Math.max(0, (low ?? 0) - gone)
  return { late, lost: gone, either: Math.max(0, (high ?? 0) - gone - late) }
}

/** What the missing neighbours are blamed on, one stacked bar a run. */
export const loss: FigureOf = (inputs) => {
  const names = runNames(inputs)
  const values = inputs.flatMap(({ findings }, i) => {
    const found = findings.loss
    if (!found) return []
    const part = { ...found, ...freshness(found) }
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
      'Share of true neighbours that were missing from the answers of the foreground searches, split by cause. The shares add up to 1 − recall; what writes in flight leave undecided stands apart at the end. Rows that the final look-up proved lost are no matter of waiting: they stand apart from those not yet visible.',
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
