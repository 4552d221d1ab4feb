/** The latencies of a run as an HdrHistogram log. */
export { hdrLog, intervalsOf, UNENDED } from './log.ts'
export { seriesOf } from './series.ts'
