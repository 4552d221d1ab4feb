import { runNames } from '../input.ts'
import { type FigureOf, phaseBands, runColour, runDash, runKey, WIDTH } from './figure.ts'

const KINDS: Readonly<Record<string, string>> = {
  search: 'searches',
  upsert: 'upserts',
  delete: 'deletes',
}

/** Response time a second, median and p99, with the phases shaded. */
export const latency: FigureOf = (inputs) => {
  const names = runNames(inputs)
  const rows = inputs.flatMap(({ findings }, i) =>
    findings.latencyOverTime
      .filter(({ kind }) => kind in KINDS)
      .flatMap(({ t, kind, p50, p99, max }) => [
        { run: names[i], kind, t, ms: p50, line: 'median' },
        { run: names[i], kind, t, ms: p99 ?? max, line: 'p99' },
      ]),
  )
  const values = rows.filter(({ ms }) => ms !== null && ms > 0 && Number.isFinite(ms))
  if (values.length === 0) return null
  const present = Object.keys(KINDS).filter((kind) => values.some((row) => row.kind === kind))
  return {
    title: 'Response time over time',
    caption:
      'One point a second: the thick line is p99 (the slowest, in seconds with too few operations for a p99), the thin line the median. Counted from the instant each operation was due; operations that failed or timed out are left out here and counted in the tables. Unshaded: not measured.',
    key: runKey(inputs),
    spec: {
      vconcat: present.map((kind) => ({
        title: { text: `response time of ${KINDS[kind]}`, anchor: 'start', fontSize: 12 },
        width: WIDTH,
        height: 150,
        layer: [
          ...phaseBands(inputs),
          {
            data: { values: values.filter((row) => row.kind === kind) },
            mark: { type: 'line', clip: true },
            encoding: {
              x: {
                field: 't',
                type: 'quantitative',
                axis: { title: 'seconds since the clock started' },
              },
              y: {
                field: 'ms',
                type: 'quantitative',
                scale: { type: 'log' },
                axis: { title: 'ms (log scale)', format: '~g' },
              },
              color: runColour(inputs),
              strokeDash: runDash(inputs),
              strokeWidth: {
                field: 'line',
                type: 'nominal',
                legend: null,
                scale: { domain: ['median', 'p99'], range: [1, 2.4] },
              },
              detail: { field: 'line', type: 'nominal' },
            },
          },
        ],
      })),
    },
  }
}
