import type { OthersFigure, OthersWarning } from '../../model/index.ts'

/** Fewest values that bound a p99 from above at 95 %: .99ⁿ ≤ .025 (definitions §2). */
const FEWEST_FOR_P99 = 368
/** How far from its nominal rate an insert may end up before it is told. */
const TOLERANCE = 0.01

/** A share of what could be found is at most 1: where it is more, numerator and denominator counted different things. */
export const aboveOne = (figures: readonly OthersFigure[]): readonly OthersWarning[] => {
  const above = figures.filter(({ name, value }) => /recall|precision/.test(name) && value > 1)
  if (above.length === 0) return []
  const told = above.map(({ name, value }) => `${name}: ${value}`).join('; ')
  const text = `a recall above 1 (${told}): what was found and what could be found are not of the same rows`
  return [{ code: 'recall-above-one', text }]
}

/** Rows inserted under the label of a rate that was not reached, or that was passed. */
export const insertShortfall = (
  rate: number,
  ideal: number,
  actual: number,
): readonly OthersWarning[] => {
  const reached = Math.round((rate * ideal) / actual)
  const text = `${reached} rows a second were inserted under the label ${rate}: ${actual.toFixed(0)} s for what should take ${ideal.toFixed(0)} s`
  if (actual > ideal * (1 + TOLERANCE)) return [{ code: 'insert-shortfall', text }]
  return actual < ideal * (1 - TOLERANCE) ? [{ code: 'insert-too-fast', text }] : []
}

/** `n`: the searches a p99 rests on; null where the file does not tell. */
export const samplesOfP99 = (n: number | null): readonly OthersWarning[] => {
  if (n === null) {
    const text = 'the file does not tell how many searches its p99 rests on'
    return [{ code: 'samples-untold', text }]
  }
  if (n >= FEWEST_FOR_P99) return []
  const text = `its p99 rests on ${n} searches; ${FEWEST_FOR_P99} are needed to bound it from above`
  return [{ code: 'few-samples', text }]
}
