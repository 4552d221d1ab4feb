import { runNames } from '../input.ts'
import { type FigureOf, runColour, runDash, runKey, WIDTH } from './figure.ts'

/** The share of probed writes that were searchable after so long, between its two proven ends. */
export const ecdf: FigureOf = (inputs) => {
  const names = runNames(inputs)
  const floor = smallest(inputs.flatMap(({ findings }) => findings.ingestToSearchable?.curve ?? []))
  const values = inputs.flatMap(({ findings }, i) =>
    fromFloor(findings.ingestToSearchable?.curve ?? [], floor).map(([ms, lower, upper]) => ({
      run: names[i],
      ms,
      lower,
      upper,
    })),
  )
  if (values.length === 0) return null
  const y = { type: 'quantitative', scale: { domain: [0, 1] } }
  return {
    title: 'Ingest to searchable',
    caption:
      'Share of probed writes that had become searchable, by time since each was due. The truth lies inside the band: its left edge is the last search that proved the row not searchable, its right edge (the line) the first search that returned it.',
    key: runKey(inputs),
    spec: {
      data: { values },
      width: WIDTH,
      height: 260,
      encoding: {
        x: {
          field: 'ms',
          type: 'quantitative',
          scale: { type: 'log', nice: false },
          axis: { title: 'milliseconds since the write was due (log scale)', format: '~g' },
        },
        color: runColour(inputs),
      },
      layer: [
        {
          mark: { type: 'area', interpolate: 'step-after', opacity: 0.22 },
          encoding: {
            y: { field: 'upper', ...y, axis: { title: 'share of probed writes', format: '%' } },
            y2: { field: 'lower' },
          },
        },
        {
          mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
          encoding: { y: { field: 'upper', ...y }, strokeDash: runDash(inputs) },
        },
      ],
    },
  }
}

type Curve = readonly (readonly [number, number, number])[]

/**
 * The curve from the axis's beginning on. What is not told before its first point is drawn as widely as can be: a row
 * was seen by no search yet.
 */
const fromFloor = (curve: Curve, floor: number): Curve => {
  const before = curve.findLast(([ms]) => ms <= floor)
  const start = [floor, before?.[1] ?? curve[0]?.[1] ?? 0, before?.[2] ?? 0] as const
  return curve.length === 0 ? [] : [start, ...curve.filter(([ms]) => ms > floor)]
}

/** Where a log axis begins: the least positive time, and no less than a hundredth of a millisecond. */
const smallest = (curve: Curve): number =>
  curve.reduce((least, [ms]) => (ms > 0.01 && ms < least ? ms : least), 1)
