import { type Figure, NO_VERSION, type Visibility } from '../model/index.ts'
import { type Ladder, laddersOf, probeShare } from './ladders.ts'
import { type Lookup, lookupOf, lostRows } from './lookups.ts'
import {
  type Bounds,
  type Fate,
  type Proven,
  type ProvenVisibility,
  provenForExact,
  provenStability,
  provenVisibility,
} from './proven.ts'
import { bracketQuantiles, inMillis } from './quantile.ts'
import { countAtMost } from './sample.ts'
import type { View } from './view.ts'

/**
 * The probes of a run, put together once for everything that is computed from them. Ladders of updates are left out where hits carry no
 * version: nothing tells the new row from the old.
 */
export interface Probing {
  readonly view: View
  readonly ladders: readonly Ladder[]
  /** Of each ladder, in the same order; not meaningful for deletes. */
  readonly proven: readonly ProvenVisibility[]
  readonly bounds: Bounds
  readonly lookup: Lookup | null
}

export const probingOf = (view: View): Probing => {
  const tellsVersions = !view.history.hitVersions.includes(NO_VERSION)
  const ladders = laddersOf(view).filter(({ kind }) => kind !== 'update' || tellsVersions)
  const lookup = lookupOf(view)
  const bounds: Bounds = {
    deadline: view.trace.meta.scenario.probes?.deadline ?? Infinity,
    horizon: view.horizon,
    wasFound: ({ write }) => lookup?.(write.space, write.id)?.version === write.version,
  }
  return {
    view,
    ladders,
    proven: ladders.map((ladder) => provenVisibility(ladder, bounds)),
    bounds,
    lookup,
  }
}

/**
 * Ingest-to-searchable of the probed inserts, or update-to-new-version of the probed updates, in some phases
 * (definitions §2); null if there are none. A ladder belongs to the phase of its write. `ineligible` is known for the
 * whole trace alone and null for a part of it.
 */
export const visibilityOf = (
  { view, ladders, proven, bounds, lookup }: Probing,
  kind: 'insert' | 'update',
  isInScope: (phase: number) => boolean,
  ineligible: Figure,
): Visibility | null => {
  const places = [...ladders.keys()].filter(
    (i) => ladders[i]!.kind === kind && isInScope(ladders[i]!.phase),
  )
  if (places.length === 0) return null
  const probed = places.map((i) => ladders[i]!)
  const found = places.map((i) => proven[i]!)
  const count = (fate: Fate) => found.filter((one) => one.fate === fate).length
  const hasExact = view.run.manifest.capabilities.includes('exact')
  const flicker = total(found, (one) => one.flicker)
  return {
    label: flicker > 0 ? 'first seen' : 'searchable',
    probed: probed.length,
    ineligible,
    seen: count('seen'),
    neverSeen: count('neverSeen'),
    notObserved: count('notObserved'),
    superseded: count('superseded'),
    lost: lostRows(view, lookup, ladders, probed),
    flicker,
    storedNotFound: hasExact
      ? total(probed, ({ exact }) => exact.filter(({ hit }) => hit).length)
      : null,
    ...quantilesOf(found),
    stableSince: quantilesOf(
      probed.filter(({ watched }) => watched).map((ladder) => provenStability(ladder, bounds)),
    ),
    firstVisibleToExact: hasExact
      ? quantilesOf(probed.map((ladder) => provenForExact(ladder, bounds)))
      : null,
    probes: {
      sent: total(probed, ({ sent }) => sent),
      share: probeShare(view, isInScope),
      skippedForTokens: total(probed, ({ skippedForTokens }) => skippedForTokens),
    },
    curve: curveOf(found),
  }
}

export const quantilesOf = (proven: readonly Proven[]) =>
  bracketQuantiles(
    Float64Array.from(proven, ({ lower }) => lower),
    Float64Array.from(proven, ({ upper }) => upper),
  )

const total = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

const MOST_POINTS = 400

/**
 * The two ends of the ECDF: [milliseconds, share with L at most that, share with U at most that], at evenly spaced
 * ranks of both together.
 */
const curveOf = (proven: readonly Proven[]): Visibility['curve'] => {
  const lower = Float64Array.from(proven, (one) => one.lower).sort()
  const upper = Float64Array.from(proven, (one) => one.upper).sort()
  const steps = Float64Array.from(new Set([...lower, ...upper])).sort()
  const finite = steps.filter(Number.isFinite)
  const points = Math.min(finite.length, MOST_POINTS)
  return Array.from({ length: points }, (_, i) => {
    const at = finite[Math.ceil(((i + 1) * finite.length) / points) - 1]!
    return [
      inMillis(at),
      countAtMost(lower, at) / lower.length,
      countAtMost(upper, at) / upper.length,
    ]
  })
}
