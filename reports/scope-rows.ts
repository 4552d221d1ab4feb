import type { Figure, Latency, Scope, Visibility } from '../harness/model/index.ts'
import { queryInterval } from './age-rows.ts'
import { between, bracket, count, interval, ms, share, UNKNOWN } from './format.ts'
import { highest, type Row } from './row.ts'
import { scanned } from './scan.ts'

/** A row whose cells are read off a scope. */
interface Reading extends Omit<Row, 'cells'> {
  cell(scope: Scope): string
  /** It is a recall, or made of some: how the engine found it stands beside it. */
  readonly isRecall?: boolean
}

const reading = (
  label: string,
  cell: Reading['cell'],
  more: Pick<Reading, 'note' | 'key'> = {},
): Reading => ({ label, cell, ...more })

/**
 * The rows of a table about some runs, or about some phases; rows that say nothing for all are left out. `scans`: of each scope, the
 * word that stands beside its recall, if any.
 */
export const scopeRows = (
  scopes: readonly Scope[],
  scans: readonly (string | null)[],
): readonly Row[] =>
  [...visibility(scopes), ...RECALL, ...LATENCY]
    .map(({ cell, isRecall, ...row }): Row => {
      const cells = scopes.map(cell)
      return { ...row, cells: isRecall ? cells.map((text, i) => scanned(text, scans[i])) : cells }
    })
    .filter(({ cells }) =>
      cells.some((cell) => cell !== UNKNOWN && cell !== `${UNKNOWN}, ${UNKNOWN}`),
    )

/** At the highest quantile that all the scopes support. */
const visibility = (scopes: readonly Scope[]): readonly Reading[] => {
  const seen = scopes.flatMap(({ ingestToSearchable }) => ingestToSearchable ?? [])
  const updates = scopes.flatMap(({ updateToVisible }) => updateToVisible ?? [])
  const removals = scopes.flatMap(({ deleteToInvisible }) => deleteToInvisible ?? [])
  const best = highest(...seen.map(({ upper }) => upper))
  const bestUpdate = highest(...updates.map(({ upper }) => upper))
  const bestRemoval = highest(...removals.map(({ lower }) => lower))
  const label = seen.some((found) => found.label === 'first seen') ? 'first seen' : 'searchable'
  return [
    reading(`ingest to ${label}, ${best}`, (s) => ends(s.ingestToSearchable, best), {
      key: true,
      note: 'from the write’s due instant; the truth lies between the two ends',
    }),
    reading(`ingest to ${label}, median`, (s) => ends(s.ingestToSearchable, 'p50')),
    reading('writes probed, never seen, not observed, lost', (s) => counted(s.ingestToSearchable), {
      note: 'not observed: nobody can tell; lost: acknowledged, and not there at the end',
    }),
    reading('flicker', (s) => count(s.ingestToSearchable?.flicker), {
      note: 'missed again after they had been returned',
    }),
    reading(`update to new version, ${bestUpdate}`, (s) => ends(s.updateToVisible, bestUpdate), {
      key: true,
      note: 'the same, for a new version of an existing row',
    }),
    reading(
      `delete to invisible, ${bestRemoval}, proven`,
      (s) => ms(s.deleteToInvisible?.lower[bestRemoval]),
      { note: 'last search that still returned the row; the upper end is not proven' },
    ),
    reading('ghosts, stale answers', (s) => `${count(s.ghosts)}, ${count(s.stale)}`, {
      note: 'searches that returned a deleted row, or an old version',
    }),
  ]
}

const RECALL: readonly Reading[] = [
  reading('live recall', (s) => (s.recall ? bracket(s.recall.live) : UNKNOWN), {
    key: true,
    note: 'lowest and highest that the writes in flight allow',
  }),
  reading('live recall, 95 % interval over queries', (s) => queryInterval(s.recall?.live.ci95), {
    note: 'for queries like these; one asked many times counts once',
  }),
  reading('checkpoint recall, last', (s) => bracket(s.recall?.checkpoints.at(-1))),
  reading('drift against a rebuild', (s) => interval(s.drift?.versusRebuild), {
    key: true,
    note: 'checkpoint − control, 95 % interval',
  }),
  reading('slope of live recall a turnover', (s) => interval(s.drift?.slopePerTurnover), {
    note: 'Theil–Sen over the seconds; no interval below 30 of them',
  }),
  reading('answer quality', (s) => share(s.answerQuality?.value), {
    note: 'while two models are mixed',
  }),
  reading('price of mixing models', (s) => share(s.answerQuality?.priceOfMixing)),
].map((row) => ({ ...row, isRecall: true }))

const LATENCY: readonly Reading[] = [
  reading('search response, p99', (s) => response(s.latency.search, 'p99'), { key: true }),
  reading('search response, median', (s) => response(s.latency.search, 'p50')),
  reading('upsert response, p99', (s) => response(s.latency.upsert, 'p99')),
  reading('upsert response, median', (s) => response(s.latency.upsert, 'p50')),
  reading('delete response, p99', (s) => response(s.latency.delete, 'p99')),
  reading('backlog at the end', (s) => decimal(s.backlog?.end), {
    note: 'writes due and not yet searchable',
  }),
]

/** Both proven ends of a quantile of a visibility. */
const ends = (found: Visibility | null, quantile: 'p50' | 'p90' | 'p99'): string =>
  found ? between(ms(found.lower[quantile]), ms(found.upper[quantile])) : UNKNOWN

const counted = (found: Visibility | null): string =>
  found
    ? [found.probed, found.neverSeen, found.notObserved, found.lost].map(count).join(', ')
    : UNKNOWN

const response = (of: Latency | undefined, quantile: 'p50' | 'p99'): string =>
  ms(of?.response[quantile])

const decimal = (figure: Figure | undefined): string =>
  figure === null || figure === undefined ? UNKNOWN : figure.toFixed(1)
