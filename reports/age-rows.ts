import type { AgeRecall, Findings, GroupRecall, QueryInterval } from '../harness/model/index.ts'
import { between, bracket, count, share, UNKNOWN } from './format.ts'
import type { Row } from './row.ts'
import { scanned, scanOf } from './scan.ts'

export const AGE_HEAD = [
  'age',
  'neighbours',
  'recall',
  '95 % over queries',
  'first half',
  'second half',
  'nearest of this age',
] as const

/** Recall by the age of the true neighbours, youngest first. */
export const ageRows = (findings: Findings): readonly Row[] => {
  const scan = scanOf(findings)
  return (findings.recall?.byAge ?? []).map((row) => ({
    label: ageOf(row),
    cells: [
      count(row.neighbours),
      ...[bracket(row), queryInterval(row.ci95), ...row.halves.map(bracket)].map((recall) =>
        scanned(recall, scan),
      ),
      `${scanned(bracket(row.nearest), scan)} (${count(row.nearest.searches)})`,
    ],
  }))
}

/** No break inside: the table is wide. */
const ageOf = ({ from, to }: AgeRecall): string => {
  if (from === null) return 'preloaded'
  if (to === null) return `from\u00a0${from}\u00a0s`
  return `${from}\u00a0…\u00a0${to}\u00a0s`
}

export const ARRIVAL_HEAD = [
  'nearest true neighbour',
  'searches',
  'recall',
  '95 % interval over queries',
] as const

/** Recall by how far from everything the nearest true neighbour came. */
export const arrivalRows = (findings: Findings): readonly Row[] => {
  const found = findings.recall?.byArrival
  const scan = scanOf(findings)
  if (!found) return []
  const row = (label: string, group: GroupRecall, note?: string): Row => ({
    label,
    ...(note ? { note } : {}),
    cells: [
      count(group.searches),
      scanned(bracket(group), scan),
      scanned(queryInterval(group.ci95), scan),
    ],
  })
  const farther = found.ratio
    ? `; their distances: median ${found.ratio.p50.toFixed(2)}, p99 ${found.ratio.p99.toFixed(2)} times the usual`
    : ''
  return [
    row('preloaded', found.preloaded),
    row('arrived near others', found.near),
    row(
      'arrived far from everything',
      found.distant,
      `farther from its nearest live row than 99 % of the preloaded; ${(100 * found.far).toFixed(1)} % of ${count(found.measured)} arrivals measured${farther}`,
    ),
  ]
}

/** Both limits of an interval over queries. */
export const queryInterval = (limits: QueryInterval | undefined): string =>
  limits && limits[0] !== null && limits[1] !== null
    ? between(share(limits[0]), share(limits[1]))
    : UNKNOWN
