import { type Findings, fairnessOf } from '../harness/model/index.ts'
import { between, bracket, checked, ms } from './format.ts'
import { highest } from './row.ts'
import { scanned, scannedCheck, scanOf } from './scan.ts'

/** Three to five lines that a person reads when a run has ended; what keeps it from comparison, then validity, first. */
export const headline = (findings: Findings): string => {
  const { run, validity, verdict, ingestToSearchable: seen, recall, latency, checks } = findings
  const { objection } = fairnessOf(run.engine)
  const scan = scanOf(findings)
  const reasons = validity.reasons.map(({ text }) => text).join(' ')
  const lines = [
    ...(objection === null ? [] : [`Not for comparison: ${run.target} (${objection}).`]),
    `${run.scenario} on ${run.target}: ${verdict}${validity.valid ? '' : `, not valid: ${reasons}`}`,
  ]
  if (seen) {
    const name = highest(seen.upper)
    const ends = between(ms(seen.lower[name]), ms(seen.upper[name]))
    lines.push(`  ingest to ${seen.label} ${name}: ${ends} (${seen.probed} writes probed)`)
  }
  if (latency.search) {
    const name = highest(latency.search.response)
    lines.push(`  search response ${name}: ${ms(latency.search.response[name])}`)
  }
  if (recall && recall.live.low !== null)
    lines.push(`  live recall: ${scanned(bracket(recall.live), scan)}`)
  for (const { limit, outcome, value } of checks) {
    const found =
      value === null ? '' : ` (found ${scannedCheck(limit, checked(limit, value), scan)})`
    if (outcome !== 'pass') lines.push(`  ${outcome}: ${limit}${found}`)
  }
  return lines.join('\n')
}
