import type { Spec } from '../draw.ts'
import { type ReportInput, runNames } from '../input.ts'
import { type FigureOf, recallAxis, recallKey, runColour, runDash, WIDTH } from './figure.ts'

const TURNOVER = 'turnover: writes acknowledged / rows live at the start'
const TIME = 'seconds since the clock started (no row was live then, so there is no turnover)'

/** Live recall between its two ends against turnover (time, where the run began empty), with the checkpoints and their rebuild controls. */
export const recall: FigureOf = (inputs) => {
  const bins = binsOf(inputs)
  const points = checkpointsOf(inputs)
  if (bins.length === 0 && points.length === 0) return null
  const byTurnover = [...bins, ...points].some(({ turnover }) => turnover !== null)
  const y = recallAxis([...bins, ...points])
  const title = 'recall@k'
  return {
    title: byTurnover ? 'Recall over turnover' : 'Recall over time',
    caption:
      'Band and line: live recall each second, from the lowest to the highest that the writes in flight allow. Circles: checkpoints, taken while the writes stood still. Diamonds: the same rows rebuilt in a fresh collection and asked the same queries, the control that tells drift from a change of data.',
    key: recallKey(inputs),
    spec: {
      width: WIDTH,
      height: 260,
      encoding: {
        x: {
          field: byTurnover ? 'turnover' : 't',
          type: 'quantitative',
          axis: { title: byTurnover ? TURNOVER : TIME },
        },
        color: runColour(inputs),
      },
      layer: [
        {
          data: { values: bins },
          mark: { type: 'area', opacity: 0.22 },
          encoding: { y: { field: 'low', ...y, axis: { title } }, y2: { field: 'high' } },
        },
        {
          data: { values: bins },
          mark: { type: 'line', strokeWidth: 1.5 },
          encoding: { y: { field: 'low', ...y }, strokeDash: runDash(inputs) },
        },
        pointLayer(
          points.filter(({ what }) => what === 'checkpoint'),
          'circle',
          y,
        ),
        pointLayer(
          points.filter(({ what }) => what === 'rebuild'),
          'diamond',
          y,
        ),
        {
          data: { values: points },
          mark: { type: 'rule', strokeWidth: 1.5 },
          encoding: { y: { field: 'low', ...y }, y2: { field: 'high' } },
        },
      ],
    },
  }
}

const pointLayer = (values: readonly object[], shape: string, y: Spec): Spec => ({
  data: { values },
  mark: { type: 'point', shape, size: 110, filled: shape === 'circle', strokeWidth: 2, opacity: 1 },
  encoding: { y: { field: 'value', ...y } },
})

const binsOf = (inputs: readonly ReportInput[]) => {
  const names = runNames(inputs)
  return inputs.flatMap(({ findings }, i) =>
    (findings.recall?.bins ?? [])
      .filter(({ low }) => low !== null)
      .map(({ t, turnover, low, high }) => ({ run: names[i], t, turnover, low, high })),
  )
}

const checkpointsOf = (inputs: readonly ReportInput[]) => {
  const names = runNames(inputs)
  return inputs.flatMap(({ findings }, i) =>
    (findings.recall?.checkpoints ?? []).flatMap(({ t, turnover, low, high, rebuild }) => [
      ...(low === null || high === null
        ? []
        : [{ run: names[i], what: 'checkpoint', t, turnover, value: (low + high) / 2, low, high }]),
      ...(rebuild === null || rebuild.value === null
        ? []
        : [
            {
              run: names[i],
              what: 'rebuild',
              t,
              turnover,
              value: rebuild.value,
              low: rebuild.low ?? rebuild.value,
              high: rebuild.high ?? rebuild.value,
            },
          ]),
    ]),
  )
}
