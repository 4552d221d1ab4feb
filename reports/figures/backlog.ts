import { runNames } from '../input.ts'
import { type FigureOf, phaseBands, runColour, runDash, runKey, WIDTH } from './figure.ts'

/** Writes that were due and not yet searchable, over time, between the two ends. */
export const backlog: FigureOf = (inputs) => {
  const names = runNames(inputs)
  const values = inputs.flatMap(({ findings }, i) =>
    (findings.backlog?.curve ?? []).map(([t, lower, upper]) => ({
      run: names[i],
      t,
      lower,
      upper,
    })),
  )
  if (values.length === 0) return null
  const x = { field: 't', type: 'quantitative', axis: { title: 'seconds since the clock started' } }
  return {
    title: 'Backlog',
    caption:
      'Writes that were due and not yet searchable, estimated from the probed ones. The line is the upper end; a backlog that grows to the end says that the engine does not keep up.',
    key: runKey(inputs),
    spec: {
      width: WIDTH,
      height: 160,
      layer: [
        ...phaseBands(inputs),
        {
          data: { values },
          mark: { type: 'area', opacity: 0.22 },
          encoding: {
            x,
            y: {
              field: 'upper',
              type: 'quantitative',
              axis: { title: 'writes not yet searchable' },
            },
            y2: { field: 'lower' },
            color: runColour(inputs),
          },
        },
        {
          data: { values },
          mark: { type: 'line', strokeWidth: 1.5 },
          encoding: {
            x,
            y: { field: 'upper', type: 'quantitative' },
            color: runColour(inputs),
            strokeDash: runDash(inputs),
          },
        },
      ],
    },
  }
}
