import { findingsJson } from '../analysis/index.ts'
import type { Figure, Findings } from '../model/index.ts'
import type { Io } from './verb.ts'

/** Milliseconds as a person reads them; null is said to be unknown, infinity to be beyond the deadline. */
const ms = (figure: Figure): string => {
  if (figure === null) return '—'
  if (figure === Infinity) return '> timeout'
  return `${figure >= 100 ? figure.toFixed(0) : figure >= 10 ? figure.toFixed(1) : figure.toFixed(2)} ms`
}

const best = (q: { p50: Figure; p90: Figure; p99: Figure }): ['p99' | 'p90' | 'p50', Figure] =>
  q.p99 !== null ? ['p99', q.p99] : q.p90 !== null ? ['p90', q.p90] : ['p50', q.p50]

/** Three to five lines that a person reads when a run has ended; validity first. */
export const headline = (findings: Findings): string => {
  const { run, validity, verdict, ingestToSearchable: seen, recall, latency } = findings
  const lines = [
    validity.valid
      ? `${run.scenario} on ${run.target}: ${verdict}`
      : `${run.scenario} on ${run.target}: ${verdict} — not valid: ${validity.reasons.map(({ text }) => text).join(' ')}`,
  ]
  if (seen) {
    const [name, upper] = best(seen.upper)
    lines.push(
      `  ingest to ${seen.label} ${name}: ${ms(seen.lower[name])} … ${ms(upper)} (${seen.probed} writes probed)`,
    )
  }
  if (latency.search) {
    const [name, response] = best(latency.search.response)
    lines.push(`  search response ${name}: ${ms(response)}`)
  }
  if (recall && recall.live.low !== null) {
    lines.push(`  live recall: ${recall.live.low.toFixed(4)} … ${recall.live.high!.toFixed(4)}`)
  }
  for (const check of findings.checks.filter(({ outcome }) => outcome !== 'pass')) {
    lines.push(`  ${check.outcome}: ${check.limit} (found ${check.value ?? 'unknown'})`)
  }
  return lines.join('\n')
}

/** Prints the findings: as one line of JSON for machines, or as a headline for people. */
export const findingsLine = (findings: Findings, json: boolean, io: Io): void => {
  if (json) io.out(JSON.stringify(JSON.parse(findingsJson(findings))))
  else io.say(headline(findings))
}
