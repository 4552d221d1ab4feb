import { type Counts, OK } from '../../../model/index.ts'
import { CLOCKS, type Evidence } from '../evidence.ts'
import { type Line, lineOf, ms } from '../line.ts'
import { countLine } from './counts.ts'

/** offered = ok + fail + unknown, each exactly as the sim answered. A search that was answered by any error changed nothing: it failed. */
export const outcomeLines = (evidence: Evidence): readonly Line[] => {
  const { offered } = evidence.findings.validity
  const excuse = lateAnswers(evidence)
  return [
    ...outcomesOf('upsert', offered.upsert, answersTo(evidence, 'upsert'), 'unknown', excuse),
    ...outcomesOf('delete', offered.delete, answersTo(evidence, 'delete'), 'unknown', excuse),
    ...outcomesOf(
      'search and probe',
      added(offered.search, offered.probe),
      answersTo(evidence, 'search'),
      'fail',
      excuse,
    ),
  ]
}

/** `errorIs`: what an error of unknown outcome counts as. */
const outcomesOf = (
  kind: string,
  counts: Counts | undefined,
  answers: Readonly<Record<string, number>>,
  errorIs: 'fail' | 'unknown',
  excuse: string | null,
): readonly Line[] => {
  if (!counts) return []
  const { ok = 0, fail = 0, unknown = 0, none = 0 } = answers
  const truth = {
    ok,
    fail: fail + (errorIs === 'fail' ? unknown : 0),
    unknown: none + (errorIs === 'unknown' ? unknown : 0),
  }
  const of = counts.offered - counts.skipped
  return (['ok', 'fail', 'unknown'] as const).map((outcome) =>
    countLine(
      `${kind}: ${outcome}`,
      { measured: counts[outcome], truth: truth[outcome], of },
      excuse,
    ),
  )
}

/** A probe may take 100 ms at least (definitions §2). Where answers come near to that, some came too late on this machine alone. */
const SHORTEST_LIMIT = 100_000

const lateAnswers = ({ view: { history } }: Evidence): string | null => {
  const isSlow = history.done.some(
    (done, i) => history.outcome[i] === OK && done - history.sent[i]! > SHORTEST_LIMIT / 2,
  )
  return isSlow ? 'answers took so long on this machine that some came after their time-out' : null
}

const added = (a: Counts | undefined, b: Counts | undefined): Counts | undefined =>
  a && b
    ? {
        offered: a.offered + b.offered,
        ok: a.ok + b.ok,
        fail: a.fail + b.fail,
        unknown: a.unknown + b.unknown,
        skipped: a.skipped + b.skipped,
      }
    : (a ?? b)

/** How often the sim gave each answer to what was sent during the run. */
const answersTo = (
  { truth, origin }: Evidence,
  event: 'upsert' | 'delete' | 'search',
): Readonly<Record<string, number>> => {
  const entries = [...truth.writes, ...truth.searches].filter(
    (entry) =>
      entry.event === event &&
      entry.received >= origin - CLOCKS &&
      (entry.event !== 'search' || entry.via === 'search'),
  )
  return entries.reduce<Record<string, number>>((counts, { answer }) => {
    counts[answer] = (counts[answer] ?? 0) + 1
    return counts
  }, {})
}

/** What failed or was never answered stands as +∞: where more than a tenth did, p90 and all above it are infinite. */
export const infiniteLines = ({ findings }: Evidence): readonly Line[] => {
  const { response } = findings.latency.search!
  return (['p90', 'p99'] as const).map((name) =>
    lineOf({
      what: `search response, ${name} of ${response.n}`,
      claimed: ms(Infinity),
      measured: ms(response[name]),
      allowed: 'equal',
      n: response.n,
      holds: response[name] === Infinity,
    }),
  )
}

/** Rows stand as the sim holds them: the highest live recall is 1, whatever became of the writes of unknown outcome. */
export const possibleLine = ({ findings }: Evidence): Line => {
  const { low = null, high = null, searches = 0 } = findings.recall?.live ?? {}
  return lineOf({
    what: `live recall of exact answers, ${searches} searches`,
    claimed: '1.0000 inside',
    measured: `${low?.toFixed(4)} … ${high?.toFixed(4)}`,
    allowed: 'upper end equal',
    n: searches,
    holds: high !== null && high > 1 - 1e-12,
  })
}
