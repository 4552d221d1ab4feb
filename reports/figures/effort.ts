import { runNames } from '../input.ts'
import { type FigureOf, recallAxis, recallKey, runColour, runDash, WIDTH } from './figure.ts'

/** Recall against search time, a point for each effort asked: the engines side by side at equal recall. */
export const effort: FigureOf = (inputs) => {
  const names = runNames(inputs)
  const points = inputs.flatMap(({ findings }, i) =>
    (findings.recall?.byEffort ?? []).map(({ effort, low, high, response: { p50 } }) => ({
      run: names[i],
      effort,
      low,
      high,
      ms: p50,
    })),
  )
  const values = points.filter(
    ({ low, ms }) => low !== null && ms !== null && ms > 0 && Number.isFinite(ms),
  )
  const missing = points.filter((point) => !values.includes(point))
  if (values.length === 0) return null
  const y = { field: 'ms', type: 'quantitative', scale: { type: 'log' } }
  const recall = recallAxis(values)
  return {
    title: 'Search time at equal recall',
    caption:
      'One point for each effort asked at the checkpoints, with its effort beside it: farther right is better recall, lower is faster. Compare along a vertical line. The point stands at the lower end of recall, a bar reaches to the upper. Median response time; the lines join points that were measured, and nothing in between was.' +
      (missing.length > 0
        ? ` Not drawn, for their time is withheld, or they were not answered: ${missing.map(({ run, effort }) => `${run} ${effort}`).join(', ')}.`
        : ''),
    key: recallKey(inputs),
    spec: {
      width: WIDTH,
      height: 280,
      data: { values },
      encoding: { color: runColour(inputs) },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 1.5 },
          encoding: {
            x: { field: 'low', ...recall, axis: { title: 'recall@k at the checkpoints' } },
            y: { ...y, axis: { title: 'median response, ms (log scale)', format: '~g' } },
            order: { field: 'effort', type: 'quantitative' },
            strokeDash: runDash(inputs),
          },
        },
        {
          mark: { type: 'rule', strokeWidth: 1.5 },
          encoding: { x: { field: 'low', ...recall }, x2: { field: 'high' }, y },
        },
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { x: { field: 'low', ...recall }, y },
        },
        {
          mark: { type: 'text', align: 'left', dx: 7, dy: -6, fontSize: 11 },
          encoding: {
            x: { field: 'low', ...recall },
            y,
            text: { field: 'effort', type: 'quantitative' },
          },
        },
      ],
    },
  }
}
