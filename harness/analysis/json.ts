import type { Findings } from '../model/index.ts'

/**
 * The bytes of findings.json: keys in the order in which the findings were put together, Infinity as a string, short lists on one line. The
 * same findings give the same bytes. Throws on NaN, which no finding may hold.
 */
export const findingsJson = (findings: Findings): string =>
  `${oneLineLists(JSON.stringify(findings, written, 1))}\n`

/** Findings from the text of findings.json. Throws on a text that is none, or one of another format. */
export const readFindings = (text: string): Findings => {
  const findings = JSON.parse(text, read) as Findings
  if (findings?.format !== 'driftmark-findings/1') {
    throw new Error(
      `these are no findings of format driftmark-findings/1, but ${JSON.stringify(findings?.format ?? null)}`,
    )
  }
  const missing = PARTS.filter((part) => !(part in findings))
  if (missing.length > 0) throw new Error(`these findings lack ${missing.join(', ')}`)
  return findings
}

/** What every reader of findings relies on. */
const PARTS = [
  'run',
  'verdict',
  'validity',
  'latency',
  'recall',
  'loss',
  'drift',
  'phases',
  'checks',
]

const written = (key: string, value: unknown): unknown => {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  if (Number.isNaN(value)) throw new Error(`the finding "${key}" is not a number`)
  return value > 0 ? 'Infinity' : '-Infinity'
}

const read = (_key: string, value: unknown): unknown =>
  value === 'Infinity' ? Infinity : value === '-Infinity' ? -Infinity : value

/** A raw line break stands only between tokens, so a list without objects or lists in it can be joined safely. */
const oneLineLists = (json: string): string =>
  json.replace(
    /\[\n([^[\]{}]*?)\n\s*\]/g,
    (_, inner: string) => `[${inner.replace(/\n\s*/g, ' ').trim()}]`,
  )
