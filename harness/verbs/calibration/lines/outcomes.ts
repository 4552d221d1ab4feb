import { type Counts, OK, UNKNOWN } from '../../../model/index.ts'
import { CLOCKS, type Evidence } from '../evidence.ts'
import { type Line, lineOf, ms, type Quantile } from '../line.ts'
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
  const sent = counts.offered - counts.skipped
  return (['ok', 'fail', 'unknown'] as const).map((outcome) =>
    lineOf({
      what: `${kind}: ${outcome}, of ${sent}`,
      claimed: String(truth[outcome]),
      measured: String(counts[outcome]),
      allowed: 'equal',
      n: sent,
      holds: counts[outcome] === truth[outcome],
      excuse,
    }),
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

/** How often the sim gave each answer in time to what was sent during the run. */
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
  return entries.reduce<Record<string, number>>((counts, { answer, late }) => {
    const inTime = late ? 'none' : answer
    counts[inTime] = (counts[inTime] ?? 0) + 1
    return counts
  }, {})
}

/** What failed or was not answered in time stands as +∞: where more than 1 − p did, so does the quantile. */
export const infiniteLines = (
  names: readonly Quantile[],
  { findings }: Evidence,
): readonly Line[] => {
  const { response } = findings.latency.search!
  return names.map((name) =>
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

/** Inserts whose answer came after the time-out: they happened, and were seen, if their probes were answered. */
export const lateWritesLine = ({ inserts }: Evidence): Line => {
  const late = inserts.filter(
    ({ truth, proof }) => truth?.late && truth.happened && proof.fate !== 'notObserved',
  )
  return countLine('inserts answered after the time-out: unknown, and seen', {
    measured: late.filter(
      ({ ladder, proof }) => ladder.write.outcome === UNKNOWN && proof.fate === 'seen',
    ).length,
    truth: late.length,
    of: inserts.length,
  })
}

/** A late answer adds nothing to the service times: none is longer than the time-out. */
export const serviceLine = ({ findings, view }: Evidence): Line => {
  const { service } = findings.latency.search!
  const timeout = view.trace.meta.scenario.client.timeout / 1000
  return lineOf({
    what: `longest service time of ${service.n} searches`,
    claimed: `≤ ${ms(timeout)}`,
    measured: ms(service.max),
    allowed: 'no more',
    n: service.n,
    holds: service.max !== null && service.max <= timeout,
  })
}
