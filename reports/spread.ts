import { between, ms, UNKNOWN } from './format.ts'
import type { ReportInput } from './input.ts'
import { highest, type Row } from './row.ts'

/** So many repeats on one target give a spread; fewer say nothing about another run (definitions §2, Quantiles). */
const ENOUGH = 6

/** How far the headline moves from run to run of the same target: least and greatest over the repeats, or that there was one run. */
export const spreadRows = (inputs: readonly ReportInput[]): readonly Row[] => {
  const uppers = inputs.flatMap(({ findings }) => findings.ingestToSearchable?.upper ?? [])
  if (uppers.length === 0) return []
  const quantile = highest(...uppers)
  const cells = inputs.map(({ findings }) => {
    const repeats = inputs.filter((other) => other.findings.run.target === findings.run.target)
    if (repeats.length === 1) return 'one run'
    if (repeats.length < ENOUGH) return `${repeats.length} runs, ${ENOUGH} needed`
    const found = repeats.flatMap(
      (other) => other.findings.ingestToSearchable?.upper[quantile] ?? [],
    )
    if (found.length < repeats.length) return UNKNOWN
    return `${between(ms(Math.min(...found)), ms(Math.max(...found)))} over ${repeats.length} runs`
  })
  const label = `the same ${quantile}, its upper end over repeats`
  return [{ label, note: 'what one run proves says nothing about another', cells }]
}
