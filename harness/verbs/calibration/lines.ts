import type { Figure } from '../../model/index.ts'
import type { Counted, Evidence } from './evidence.ts'

/** One line of the table: what was claimed, what was measured, what error is allowed, whether it holds. */
export interface Line {
  readonly what: string
  readonly claimed: string
  readonly measured: string
  readonly allowed: string
  /** Null: a harness that was too slow on this machine cannot tell. */
  readonly holds: boolean | null
}

const ms = (figure: Figure): string =>
  figure === null ? 'not supported' : figure === Infinity ? '> timeout' : `${figure.toFixed(1)} ms`

/** Truth of the probed writes at each printed quantile: it must lie in the bracket, and the upper p99 within 10 % + 2 ms of it. */
export const visibilityLines = ({ visible, findings }: Evidence): readonly Line[] => {
  const found = findings.ingestToSearchable!
  const { search } = findings.latency
  const isSlow = search?.service.p99 !== null && search?.response.p99 === null
  return (['p50', 'p90', 'p99'] as const).map((quantile) => {
    const truth = orderStatistic(visible, Number(`0.${quantile.slice(1)}`))
    const low = found.lower[quantile]
    const high = found.upper[quantile]
    const inside = low !== null && high !== null && low <= truth && truth <= high
    const near = quantile !== 'p99' || (high !== null && high <= truth * 1.1 + 2)
    return {
      what: `ingest to searchable, ${quantile} of ${visible.length}`,
      claimed: ms(truth),
      measured: `${ms(low)} … ${ms(high)}`,
      allowed: quantile === 'p99' ? 'truth inside, upper within 10 % + 2 ms' : 'truth inside',
      holds: inside && (near || (isSlow ? null : false)),
    }
  })
}

/** The ⌈p·n⌉-th of n, as definitions §2 has it. */
const orderStatistic = (values: readonly number[], p: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(p * values.length) - 1)] ?? Number.NaN

/** A count must be exactly the sim's own; its share of the whole is shown beside the share that was asked for. */
export const countLine = (what: string, share: number, { measured, truth, of }: Counted): Line => ({
  what: `${what} of ${of} probed`,
  claimed: `${truth} (${percent(share)} asked for)`,
  measured: measured === null ? 'not measured' : String(measured),
  allowed: 'equal',
  holds: measured === truth,
})

/** Neighbours left out with probability p, the nearest spared: recall is 1 − p·(k−1)/k; four standard errors are allowed. */
export const recallLine = (p: number, { findings, k }: Evidence): Line => {
  const checkpoint = findings.recall!.checkpoints.at(-1)!
  const expected = 1 - (p * (k - 1)) / k
  const error = 4 * Math.sqrt((p * (1 - p) * (k - 1)) / (k * k) / checkpoint.searches)
  const { low, high } = checkpoint
  return {
    what: `checkpoint recall, ${checkpoint.searches} queries`,
    claimed: expected.toFixed(4),
    measured:
      low === null || high === null
        ? 'not measured'
        : low === high
          ? low.toFixed(4)
          : `${low.toFixed(4)} … ${high.toFixed(4)}`,
    allowed: `± ${error.toFixed(4)}`,
    holds: low !== null && high !== null && high >= expected - error && low <= expected + error,
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
