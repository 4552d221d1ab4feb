import {
  ACTIONS,
  CONTROL,
  type EngineOverTime,
  type Figure,
  type Micros,
  OUTCOMES,
  type Samples,
  SECOND,
  STATS_FAILED,
} from '../model/index.ts'
import type { View } from './view.ts'

const PREFIX = 'engine.'
/** What tells of the process, or of the asking, and not of the index. */
const isAside = (gauge: string): boolean =>
  gauge === 'engine.alive' || gauge.startsWith(STATS_FAILED)

/**
 * What the engine said of itself while the trace was played, and what it was told to do: for laying under the recall. A gauge is the answer to
 * a question asked at the sample before, so up to a second older than its instant. Null where there is neither.
 */
export const engineOverTime = (view: View): EngineOverTime | null => {
  const gauges = gaugesOf(view.run.samples)
  const controls = controlsOf(view)
  if (gauges.size === 0 && controls.length === 0) return null
  const isSteady = (points: Points): boolean => points.every(([, value]) => value === points[0]![1])
  return {
    series: [...gauges].flatMap(([name, points]) => (isSteady(points) ? [] : [{ name, points }])),
    steady: Object.fromEntries(
      [...gauges].flatMap(([name, points]) => (isSteady(points) ? [[name, points[0]![1]]] : [])),
    ),
    controls,
  }
}

type Points = EngineOverTime['series'][number]['points']

/** Gauge, without its prefix → [seconds, value], in the order of time. */
const gaugesOf = (samples: Samples): ReadonlyMap<string, Points> => {
  const gauges = new Map<string, [number, number][]>()
  for (let i = 0; i < samples.count; i++) {
    const gauge = samples.names[samples.name[i]!]!
    const value = samples.value[i]!
    if (!gauge.startsWith(PREFIX) || isAside(gauge) || !Number.isFinite(value)) continue
    const name = gauge.slice(PREFIX.length)
    const points = gauges.get(name) ?? []
    points.push([samples.at[i]! / SECOND, value])
    gauges.set(name, points)
  }
  for (const points of gauges.values()) points.sort(([a], [b]) => a - b)
  return gauges
}

/** In the order of the trace. A checkpoint asks nothing of the engine by itself, and is left out. */
const controlsOf = (view: View): EngineOverTime['controls'] => {
  const { ops } = view.trace
  const controls: EngineOverTime['controls'][number][] = []
  for (let op = 0; op < ops.count; op++) {
    const action = ACTIONS[ops.action[op]! - 1]
    const outcome = view.outcomeOf(op)
    if (ops.kind[op] !== CONTROL || action === undefined || action === 'checkpoint' || outcome < 0)
      continue
    controls.push({
      action,
      due: ops.at[op]! / SECOND,
      sent: seconds(view.sentOf(op)),
      done: seconds(view.doneOf(op)),
      outcome: OUTCOMES[outcome]!,
    })
  }
  return controls
}

const seconds = (instant: Micros): Figure => (Number.isFinite(instant) ? instant / SECOND : null)
