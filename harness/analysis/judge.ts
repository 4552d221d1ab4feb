import {
  fairnessOf,
  type Limit,
  MILLI,
  type Micros,
  NO_VERSION,
  type Samples,
  type Scope,
  STATS_FAILED,
  type Validity,
} from '../model/index.ts'
import { endingOf } from './ending.ts'
import { lastValues, valuesOf } from './gauges.ts'
import { latenessOf } from './latency.ts'
import { machineOf } from './machine.ts'
import { offeredOf } from './offered.ts'
import type { Withheld } from './too-slow.ts'
import type { View } from './view.ts'

/** A code for programs, a sentence for people. */
export interface Remark {
  readonly code: string
  readonly text: string
}

/** Busier than this … */
const BUSY = 0.9
/** … in more than this share of its 1 s windows, a thread of the harness makes the run invalid. */
const BUSY_WINDOWS = 0.01

/**
 * Validity of a run (definitions §5). `withheld`: the figures that the harness was too slow to measure, by their whole
 * path. Labels are what a reader must know; they invalidate nothing.
 */
export const judge = (view: View, withheld: readonly Withheld[], scope: Scope): Validity => {
  const { counts, faults } = offeredOf(view)
  const { meta } = view.trace
  const reasons = [
    ...endingOf(view),
    ...faults.map((fault) => ({
      code: 'offered',
      text: `The operations do not add up: ${fault}.`,
    })),
    ...hashOf(view),
    ...busyOf(view.run.samples),
    ...limitsOn(withheld, meta.scenario.limits),
  ]
  return {
    valid: reasons.length === 0,
    reasons,
    lateness: latenessOf(view),
    exactScan: isExactScan(view),
    plan: plansOf(view),
    offered: counts,
    labels: [
      ...unansweredOf(counts),
      ...labelsOf(view, scope),
      ...statsLabel(view.run.samples),
      ...withheldLabel(withheld),
      ...checkedOf(view),
    ],
    machine: machineOf(view.run.samples),
  }
}

/** Of a history of an earlier format. Last of the labels: those that such runs had keep their places. */
const checkedOf = ({ history }: View): Remark[] =>
  history.checked === false
    ? [
        {
          code: 'unchecked',
          text: 'unchecked: the history carries no checksums (an earlier version wrote it), so a changed value in it would not show.',
        },
      ]
    : []

/** From this share on a reader must know that recall and visibility are those of the answered searches alone. */
const UNANSWERED = 0.01

const unansweredOf = (counts: Validity['offered']): Remark[] => {
  const { offered = 0, fail = 0, unknown = 0 } = counts.search ?? {}
  const missing = fail + unknown
  if (missing <= UNANSWERED * offered) return []
  return [
    {
      code: 'searches-unanswered',
      text: `${missing} of ${offered} searches failed or were not answered in time: recall is that of the others alone.`,
    },
  ]
}

/** What `plan` said: before the clock started, and after the trace. */
const plansOf = ({ run: { manifest, after } }: View): readonly [string | null, string | null] => {
  const { plan } = manifest.engine
  return [typeof plan === 'string' ? plan : null, after?.plan ?? null]
}

/** All rows were scanned though the scenario asks for an approximate index, as far as was told before the run and after it. */
export const isExactScan = (view: View): boolean => {
  const told = plansOf(view).filter((plan) => plan !== null)
  return isApproximate(view) && told.length > 0 && told.every((plan) => plan === 'exact')
}

const isApproximate = ({ trace }: View): boolean => trace.meta.scenario.index.kind !== 'exact'

/** Some rows were, or all of them at one of the two ends of the run. */
const isPartialScan = (view: View): boolean =>
  isApproximate(view) &&
  !isExactScan(view) &&
  plansOf(view).some((plan) => plan !== null && plan !== 'index')

const hashOf = ({ run, trace }: View): Remark[] =>
  run.manifest.trace === trace.meta.hash
    ? []
    : [
        {
          code: 'trace-hash',
          text: `The manifest names the trace ${run.manifest.trace}, the trace beside it is ${trace.meta.hash}.`,
        },
      ]

/** Gauges `harness.….busy`: the share of each 1 s window that the thread spent inside callbacks. */
const busyOf = (samples: Samples): Remark[] =>
  [...valuesOf(samples, /^harness\..*\.busy$/)].flatMap(([gauge, windows]) => {
    const busy = windows.filter((share) => share > BUSY).length
    if (busy <= BUSY_WINDOWS * windows.length) return []
    const thread = gauge.replace(/\.busy$/, '')
    return [
      {
        code: 'harness-busy',
        text: `The thread ${thread} was more than 90 % busy in ${busy} of ${windows.length} seconds: the load was more than this machine can send.`,
      },
    ]
  })

const limitsOn = (withheld: readonly Withheld[], limits: readonly Limit[]): Remark[] =>
  limits.flatMap(({ text, path }) =>
    withheld
      .filter((figure) => figure.path === path)
      .map((figure) => ({
        code: 'harness-too-slow',
        text: `The limit "${text}" cannot be judged: the harness was too slow to measure ${said(figure)}.`,
      })),
  )

/** The engine's own gauges are an aside: without them the run stands, and the reader knows. */
const statsLabel = (samples: Samples): Remark[] =>
  [...lastValues(samples)]
    .filter(([gauge]) => gauge.startsWith(STATS_FAILED))
    .map(([gauge, times]) => ({
      code: 'no-engine-gauges',
      text: `The engine's own gauges could not be read ${times} times; the first time: ${gauge.slice(STATS_FAILED.length)}.`,
    }))

/** Of the whole run; those of a phase are null in their place. */
const withheldLabel = (withheld: readonly Withheld[]): Remark[] => {
  const figures = withheld.filter(({ path }) => !path.startsWith('phases.'))
  if (figures.length === 0) return []
  return [
    {
      code: 'harness-too-slow',
      text: `The harness was too slow to measure ${byQuantity(figures).join('; ')}. These figures are withheld.`,
    },
  ]
}

/** `latency.search.response: p90, p99 (it added up to 6.9 ms)`: the quantiles of one quantity together. */
const byQuantity = (figures: readonly Withheld[]): string[] =>
  [...Map.groupBy(figures, ({ path }) => path.replace(/\.[^.]+$/, ''))].map(
    ([quantity, withheld]) => {
      const names = withheld.map(({ path }) => path.slice(quantity.length + 1)).join(', ')
      const most = Math.max(...withheld.map(({ added }) => added))
      return `${quantity}: ${names} (it added up to ${millis(most)})`
    },
  )

const said = ({ path, added, allowed }: Withheld): string =>
  `${path} (it added ${millis(added)}, ${millis(allowed)} allowed)`

const millis = (time: Micros): string => `${(time / MILLI).toFixed(1)} ms`

const labelsOf = (view: View, scope: Scope): Remark[] => {
  const { manifest } = view.run
  const visible = [scope.ingestToSearchable, scope.updateToVisible]
  const { objection } = fairnessOf(manifest.engine)
  const hasProbes = view.trace.meta.scenario.probes !== null
  const label = (applies: boolean, code: string, text: string): Remark[] =>
    applies ? [{ code, text }] : []
  return [
    ...label(
      isExactScan(view),
      'exact-scan',
      'exact scan: the engine scanned all rows and did not use the index under test.',
    ),
    ...label(
      isPartialScan(view),
      'partial-scan',
      `partly exact scan: for a part of the rows, or of the time, the engine did not use the index under test (plan ${plansOf(
        view,
      )
        .map((plan) => plan ?? 'not told')
        .join(' before the run, ')} after it).`,
    ),
    ...label(objection !== null, 'not-comparable', `Not for comparison: ${objection}.`),
    ...label(
      manifest.target.inProcess,
      'in-process',
      'in process: the engine ran inside the harness, with one sender.',
    ),
    ...label(
      manifest.preloadedBy === 'upsert',
      'preload-by-upsert',
      'The preload went by upsert in batches of 500: the adapter has no bulk load.',
    ),
    ...label(
      visible.some((one) => one?.label === 'first seen'),
      'first-seen',
      'first seen: rows were missed again after they had been returned, so the time to searchable is that of the first sight.',
    ),
    ...label(
      hasProbes && !manifest.capabilities.includes('exact'),
      'not-separable',
      'not separable: without exact search, a late miss may be freshness or the graph.',
    ),
    ...label(
      view.history.hitVersions.includes(NO_VERSION),
      'no-version',
      'Hits carry no version: stale rows and update-to-new-version are not measurable.',
    ),
  ]
}
