import { build, type Histogram, HistogramLogWriter } from 'hdr-histogram-js'
import type { View } from '../../analysis/index.ts'
import { type Micros, SECOND } from '../../model/index.ts'
import type { Series } from './series.ts'

/** Three significant digits: the error of a value is at most .1 %. */
const DIGITS = 3
/** Behind the tag of a series: how many of its values stand at the time-out because they never ended. */
export const UNENDED = 'unended'

export interface Interval {
  readonly from: Micros
  readonly to: Micros
}

/**
 * An HdrHistogram log (format 1.3, V2 compressed histograms), a line for each series and interval that has values, by when their ops
 * were due. Values in microseconds. A time that never ended cannot be recorded: it stands in its series at the time-out, so that a
 * percentile above the time-out reads as the time-out or more, and once more under the tag `<series>.unended`.
 */
export function* hdrLog(
  view: View,
  series: readonly Series[],
  intervals: readonly Interval[],
): Generator<string> {
  yield* headOf(view, series)
  const lines: string[] = []
  const writer = new HistogramLogWriter((line: string) => void lines.push(line))
  const cursors = series.map(() => 0)
  for (const { from, to } of intervals) {
    for (const [s, one] of series.entries()) {
      const all = emptyHistogram(one.tag)
      const unended = emptyHistogram(`${one.tag}.${UNENDED}`)
      for (; cursors[s]! < one.count && one.due(cursors[s]!) < to; cursors[s]!++) {
        record(one, one.value(cursors[s]!), all, unended)
      }
      for (const histogram of [all, unended]) {
        if (histogram.totalCount === 0) continue
        const end = Number.isFinite(to) ? to : view.trace.meta.end
        writer.outputIntervalHistogram(histogram, from / SECOND, end / SECOND, 1)
      }
    }
    yield* lines.splice(0)
  }
}

const emptyHistogram = (tag: string): Histogram => {
  const histogram = build({ numberOfSignificantValueDigits: DIGITS })
  histogram.tag = tag
  return histogram
}

const record = (series: Series, value: Micros, all: Histogram, unended: Histogram): void => {
  all.recordValue(Math.round(Math.min(value, series.timeout)))
  if (value === Infinity) unended.recordValue(Math.round(series.timeout))
}

function* headOf({ run, trace }: View, series: readonly Series[]): Generator<string> {
  const started = Date.parse(run.manifest.started) / 1000
  yield `#[driftmark: run ${run.manifest.id}, trace ${trace.meta.hash}]\n`
  yield `#[Values in microseconds; lines by when the ops were due]\n`
  for (const { tag, about, timeout } of series) {
    const seconds = timeout / SECOND
    yield `#[${tag}: ${about}; what never ended stands at ${seconds} s, and again under ${tag}.${UNENDED}]\n`
  }
  yield '#[Histogram log format version 1.3]\n'
  for (const name of ['StartTime', 'BaseTime']) {
    yield `#[${name}: ${started.toFixed(3)} (seconds since epoch)]\n`
  }
  yield '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"\n'
}

/** The phases of a run, or its seconds; the last one holds all that follows. */
export const intervalsOf = (view: View, by: 'second' | 'phase'): readonly Interval[] => {
  const { phases, end } = view.trace.meta
  const spans =
    by === 'phase'
      ? phases
      : Array.from({ length: Math.max(1, Math.ceil(end / SECOND)) }, (_, s) => ({
          from: s * SECOND,
          to: (s + 1) * SECOND,
        }))
  return spans.map(({ from, to }, i) => ({ from, to: i === spans.length - 1 ? Infinity : to }))
}
