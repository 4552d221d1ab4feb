import type { EngineOverTime } from '../../harness/model/index.ts'
import type { Spec } from '../draw.ts'
import { byWeight, gaugeWords } from '../gauges.ts'
import { type ReportInput, runNames } from '../input.ts'
import { scanned, scanOf } from '../scan.ts'
import { colour, DASHES } from '../theme.ts'
import { type Figure, recallAxis, WIDTH } from './figure.ts'

/** So many gauges are laid under a recall; the others that changed are named. */
const MOST = 8

/** A gauge that moves by less than this share of its greatest value explains nothing by its shape. */
const MOVES = 0.2

/** Live recall over time with the engine's own gauges under it, one figure a run: why did it move? */
export const maintenance = (inputs: readonly ReportInput[]): readonly Figure[] => {
  const names = runNames(inputs)
  return inputs.flatMap((input, i) => {
    const told = input.findings.engineOverTime
    const bins = (input.findings.recall?.bins ?? []).filter(({ low }) => low !== null)
    if (!told || bins.length === 0 || told.series.length + told.controls.length === 0) return []
    const { adapter } = input.manifest.target
    const [moving, still] = split(told)
    const gauges = byWeight(adapter, moving)
    const [from, to] = spanOf(input)
    /** One axis for all, drawn under the last. */
    const x = (isLast: boolean): Spec => ({
      field: 't',
      type: 'quantitative',
      scale: { domain: [from, to], nice: false },
      axis: isLast ? { title: 'seconds since the clock started' } : null,
    })
    const shown = gauges.slice(0, MOST)
    const stroke = colour(i)
    return [
      {
        title: `Recall and maintenance: ${names[i]}`,
        caption: captionOf(told, [...gauges.slice(MOST), ...still]),
        key: [
          {
            name: scanned('live recall', scanOf(input.findings)),
            colour: stroke,
            dash: DASHES[0]!,
          },
          { name: 'what the engine said of itself', colour: 'var(--ink)', dash: DASHES[0]! },
          ...(told.controls.length > 0
            ? [{ name: 'what it was told to do', colour: 'var(--bad)', dash: DASHES[1]! }]
            : []),
        ],
        spec: {
          spacing: 6,
          vconcat: [
            recallPanel(input, told, x(shown.length === 0), stroke),
            ...shown.map((name, place) =>
              gaugePanel(adapter, told, name, x(place === shown.length - 1)),
            ),
          ],
        },
      },
    ]
  })
}

/** Names of the gauges that move, and of those that hardly do. */
const split = ({ series }: EngineOverTime): readonly [string[], string[]] => {
  const [moving, still]: [string[], string[]] = [[], []]
  for (const { name, points } of series) {
    const values = points.map(([, value]) => value)
    const most = values.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
    const range = values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b))
    if (range >= MOVES * most) moving.push(name)
    else still.push(name)
  }
  return [moving, still]
}

/** The measured phases: recall is known of no other instant. */
const spanOf = ({ findings }: ReportInput): readonly [number, number] => {
  const measured = findings.phases.filter((phase) => phase.measured)
  return [
    Math.min(...measured.map(({ from }) => from)),
    Math.max(...measured.map(({ to }) => to), findings.recall?.bins.at(-1)?.t ?? 0),
  ]
}

const panel = (title: string, height: number, layer: readonly Spec[]): Spec => ({
  title: {
    text: title,
    anchor: 'start',
    frame: 'group',
    fontSize: 11,
    fontWeight: 500,
    offset: 2,
  },
  width: WIDTH,
  height,
  layer,
})

/** A second is drawn at its middle. */
const recallPanel = (
  { findings }: ReportInput,
  told: EngineOverTime,
  x: Spec,
  stroke: string,
): Spec => {
  const bins = findings.recall!.bins.flatMap(({ t, low, high }) =>
    low === null ? [] : [{ t: t + 0.5, low, high }],
  )
  const checkpoints = findings.recall!.checkpoints.flatMap(({ t, low, high }) =>
    low === null ? [] : [{ t, low, high }],
  )
  const y = recallAxis([...bins, ...checkpoints])
  return panel('live recall a second, and checkpoints (circles)', 170, [
    ...controlLayers(told, x, true),
    {
      data: { values: bins },
      mark: { type: 'area', opacity: 0.22, color: stroke, clip: true },
      encoding: {
        x,
        y: { field: 'low', ...y, axis: { title: 'recall@k' } },
        y2: { field: 'high' },
      },
    },
    {
      data: { values: bins },
      mark: { type: 'line', strokeWidth: 1.5, color: stroke, clip: true },
      encoding: { x, y: { field: 'low', ...y } },
    },
    {
      data: { values: checkpoints },
      mark: { type: 'point', filled: true, size: 80, color: stroke, opacity: 1, clip: true },
      encoding: { x, y: { field: 'low', ...y } },
    },
  ])
}

const gaugePanel = (adapter: string, told: EngineOverTime, name: string, x: Spec): Spec => {
  const { points } = told.series.find((series) => series.name === name)!
  const words = gaugeWords(adapter, name)
  return panel(words === name ? name : `${name} – ${words}`, 46, [
    ...controlLayers(told, x, false),
    {
      data: { values: points.map(([t, value]) => ({ t, value })) },
      mark: {
        type: 'line',
        interpolate: 'step-after',
        strokeWidth: 1.3,
        color: 'var(--ink)',
        clip: true,
      },
      encoding: {
        x,
        y: {
          field: 'value',
          type: 'quantitative',
          axis: {
            title: null,
            tickCount: 2,
            format: points.some(([, value]) => value >= 1000) ? '~s' : '.3~r',
          },
        },
      },
    },
  ])
}

/** From sent to answered, shaded; the name stands in the first panel. One that was never answered has no end. */
const controlLayers = ({ controls }: EngineOverTime, x: Spec, named: boolean): readonly Spec[] => {
  const values = controls.map(({ action, due, sent, done, outcome }) => ({
    name: outcome === 'ok' ? action : `${action}: ${outcome}`,
    t: sent ?? due,
    end: done ?? sent ?? due,
  }))
  if (values.length === 0) return []
  return [
    {
      data: { values },
      mark: { type: 'rect', color: 'var(--bad)', opacity: 0.14, clip: true },
      encoding: { x, x2: { field: 'end' } },
    },
    {
      data: { values },
      mark: { type: 'rule', color: 'var(--bad)', strokeDash: DASHES[1], clip: true },
      encoding: { x },
    },
    ...(named
      ? [
          {
            data: { values },
            mark: {
              type: 'text',
              align: 'left',
              baseline: 'bottom',
              dx: 4,
              dy: -4,
              fontSize: 11,
              color: 'var(--bad)',
              clip: true,
            },
            encoding: { x, y: { value: 170 }, text: { field: 'name' } },
          },
        ]
      : []),
  ]
}

const captionOf = ({ steady }: EngineOverTime, others: readonly string[]): string => {
  const unmoved = Object.entries(steady).map(([name, value]) => `${name} ${value}`)
  return [
    'What the engine said of itself, about once a second and up to a second old, on the time axis of the recall that it may explain; shaded: what it was told to do, from the request to its answer. Measured phases only.',
    ...(others.length > 0 ? [`Changed too, or little: ${others.join(', ')}.`] : []),
    ...(unmoved.length > 0 ? [`Did not change: ${unmoved.join(', ')}.`] : []),
  ].join(' ')
}
