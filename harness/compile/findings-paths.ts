import { nearest } from './nearest.ts'

/** What stands at the end of a path: a time in milliseconds, or a plain number. */
export type Leaf = 'time' | 'number'
interface Maps {
  readonly [key: string]: Shape
}
/** A list of findings; `named` if its entries go by the names of phases too. */
interface List {
  readonly each: Maps
  readonly named: boolean
}
type Shape = Leaf | Maps | List

/** [low, high] */
const pair: Maps = { 0: 'time', 1: 'time' }
const q: Maps = {
  n: 'number',
  p50: 'time',
  p90: 'time',
  p99: 'time',
  p999: 'time',
  max: 'time',
  ci95: Object.fromEntries(['p50', 'p90', 'p99', 'p999'].map((name) => [name, pair])),
}
const bracket: Maps = { low: 'number', high: 'number' }
const interval: Maps = { value: 'number', ...bracket }
const ends: Maps = { lower: q, upper: q }
const list = (each: Maps): List => ({ each, named: false })

const visibility: Maps = {
  probed: 'number',
  ineligible: 'number',
  seen: 'number',
  neverSeen: 'number',
  notObserved: 'number',
  superseded: 'number',
  lost: 'number',
  flicker: 'number',
  storedNotFound: 'number',
  ...ends,
  stableSince: ends,
  firstVisibleToExact: ends,
  probes: { sent: 'number', share: 'number', skippedForTokens: 'number' },
}
const latency: Maps = { response: q, service: q }
/** [low, high] of a share. */
const limits: Maps = { 0: 'number', 1: 'number' }
const group: Maps = { ...bracket, searches: 'number', ci95: limits }
const series: Maps = {
  t: 'number',
  turnover: 'number',
  ...bracket,
  searches: 'number',
  ci95: limits,
}

const scope: Maps = {
  latency: { search: latency, upsert: latency, delete: latency },
  ingestToSearchable: visibility,
  updateToVisible: visibility,
  deleteToInvisible: {
    probed: 'number',
    notFindableBefore: 'number',
    returnedAfter: 'number',
    ...ends,
  },
  ghosts: 'number',
  stale: 'number',
  recall: {
    live: {
      ...bracket,
      searches: 'number',
      short: 'number',
      queries: 'number',
      ci95: limits,
    },
    bins: list(series),
    checkpoints: list({
      ...series,
      unanswered: 'number',
      rebuild: interval,
      efforts: list({ effort: 'number', ...bracket, p99: 'time' }),
    }),
    byEffort: list({
      effort: 'number',
      ...bracket,
      ci95: limits,
      searches: 'number',
      response: q,
    }),
    atRecall: list({ recall: 'number', effort: 'number', ...bracket, response: q }),
    byAge: list({
      from: 'number',
      to: 'number',
      neighbours: 'number',
      ...bracket,
      ci95: limits,
      halves: { 0: bracket, 1: bracket },
      nearest: group,
    }),
    byArrival: {
      measured: 'number',
      far: 'number',
      ratio: { p50: 'number', p99: 'number' },
      preloaded: group,
      near: group,
      distant: group,
    },
  },
  answerQuality: { value: 'number', priceOfMixing: 'number' },
  loss: {
    notYetVisible: { ...bracket, ci95: limits },
    lost: 'number',
    crowdedOut: 'number',
    short: 'number',
    index: 'number',
    undecided: 'number',
  },
  drift: {
    slopePerTurnover: interval,
    versusRebuild: interval,
    sinceStart: interval,
    worstBin: { t: 'number', ...bracket },
    recovered: 'number',
  },
  backlog: { max: 'number', end: 'number', slope: interval },
}

const counts = {
  offered: 'number',
  ok: 'number',
  fail: 'number',
  unknown: 'number',
  skipped: 'number',
} as const
/** The numbers of findings.json that a limit may name (interfaces §4), by their dotted path. */
const FINDINGS: Maps = {
  run: { seconds: 'number' },
  validity: {
    lateness: q,
    offered: { search: counts, upsert: counts, delete: counts, probe: counts, control: counts },
  },
  ...scope,
  phases: { each: scope, named: true },
}

const isList = (shape: Shape): shape is List => typeof shape === 'object' && 'each' in shape

/** What stands at `path`, or the sentence that says why findings cannot have it. */
export const findingAt = (
  path: string,
  phases: readonly string[],
): { readonly leaf: Leaf } | { readonly why: string } => {
  let at: Shape = FINDINGS
  const done: string[] = []
  for (const part of path.split('.')) {
    const under = done.length > 0 ? `${done.join('.')} ` : 'findings '
    if (typeof at === 'string') return { why: `${under}is a number and has no "${part}"` }
    if (isList(at)) {
      const byName: boolean = at.named && phases.includes(part)
      const byIndex: boolean = /^\d+$/.test(part) && !(at.named && Number(part) >= phases.length)
      if (!byName && !byIndex) {
        return {
          why: `${under}has no "${part}"; allowed: ${at.named ? phases.join(', ') : 'an index from 0'}`,
        }
      }
      at = at.each
    } else {
      const next: Shape | undefined = Object.hasOwn(at, part) ? at[part] : undefined
      const known = Object.keys(at)
      if (next === undefined) {
        return {
          why: `${under}has no "${part}"; allowed: ${known.join(', ')}; nearest: ${nearest(part, known)}`,
        }
      }
      at = next
    }
    done.push(part)
  }
  return typeof at === 'string'
    ? { leaf: at }
    : { why: `${path} is not a number; go on to one below it` }
}
