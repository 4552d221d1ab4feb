import type { IndexOptions, Limit, Phase, Scenario } from '../model/index.ts'
import { readLimit } from './limits.ts'
import type { Laid } from './runbook/scenario.ts'
import type { Path } from './source.ts'

/**
 * Rest of rows where the scenario has no probes: the default deadline, so that adding probes does not move
 * the workload.
 */
export const DEFAULT_REST = 10_000_000
const HNSW = { m: 16, efConstruction: 128, ef: 64 }

/** What is well formed, but means nothing: where, and why. */
export interface Refusal {
  readonly path: Path
  readonly text: string
}

/** Fills in what depends on other keys, and gathers what contradicts itself. */
export const giveMeaning = (
  parsed: Laid,
): { readonly scenario: Scenario; readonly refusals: readonly Refusal[] } => {
  const names = parsed.phases.map(({ name }) => name)
  const limits = parsed.limits.map((text) => readLimit(text, names))
  const deadline = parsed.probes?.deadline ?? DEFAULT_REST
  const scenario: Scenario = {
    ...parsed,
    dataset: parsed.dataset as Scenario['dataset'],
    index: (parsed.index.kind === 'hnsw'
      ? { ...HNSW, ...parsed.index }
      : parsed.index) as IndexOptions,
    phases: parsed.phases.map((phase): Phase => {
      const { writes } = phase
      if (!writes) return { ...phase, writes }
      const rest = writes.rest ?? (writes.pick === 'newest' ? 0 : deadline)
      return { ...phase, writes: { ...writes, rest } }
    }),
    checkpoints: parsed.checkpoints && {
      ...parsed.checkpoints,
      every: parsed.checkpoints.every ?? 0,
    },
    limits: limits.filter((limit): limit is Limit => typeof limit !== 'string'),
  }
  return { scenario, refusals: [...phaseRefusals(parsed, scenario), ...scopeRefusals(scenario)] }
}

/** Limits that cannot be read or name no finding; told even of a scenario that is otherwise ill-formed. */
export const limitRefusals = (written: unknown): Refusal[] => {
  const { limits, phases } = (written ?? {}) as { limits?: unknown; phases?: unknown }
  const names = (Array.isArray(phases) ? phases : []).map((phase) => String(phase?.name))
  return (Array.isArray(limits) ? limits : []).flatMap((limit, i) => {
    const read = typeof limit === 'string' ? readLimit(limit, names) : ''
    return typeof read === 'string' && read !== '' ? [{ path: ['limits', i], text: read }] : []
  })
}

const phaseRefusals = (parsed: Laid, scenario: Scenario): Refusal[] =>
  scenario.phases.flatMap((phase, i) => {
    const at = (...rest: Path): Path => ['phases', i, ...rest]
    const refusals: Refusal[] = []
    if (scenario.phases.findIndex(({ name }) => name === phase.name) < i) {
      refusals.push({ path: at('name'), text: 'allowed: a name that no other phase has' })
    }
    for (const [load, name] of [
      [phase.writes, 'writes'],
      [phase.searches, 'searches'],
    ] as const) {
      if (typeof load?.arrivals === 'object' && load.arrivals.for > load.arrivals.every) {
        refusals.push({ path: at(name, 'arrivals', 'for'), text: 'allowed: at most `every`' })
      }
    }
    phase.control.forEach(({ at: when, do: action }, j) => {
      if (when > phase.for) {
        refusals.push({
          path: at('control', j, 'at'),
          text: 'allowed: an instant within the phase',
        })
      }
      const cure = controlCure(scenario, action)
      if (cure) refusals.push({ path: at('control', j, 'do'), text: cure })
    })
    return [...refusals, ...restRefusals(parsed, scenario, i)]
  })

const restRefusals = (parsed: Laid, { probes, phases }: Scenario, i: number): Refusal[] => {
  const { writes } = phases[i]!
  if (!writes) return []
  const rest = ['phases', i, 'writes', 'rest']
  if (writes.pick === 'newest') {
    return writes.rest === 0
      ? []
      : [{ path: rest, text: 'allowed: 0s, for pick newest takes rows that have not rested' }]
  }
  const refusals: Refusal[] = []
  if (probes && probes.deadline > writes.rest) {
    const path = parsed.phases[i]!.writes?.rest === undefined ? ['probes', 'deadline'] : rest
    refusals.push({
      path,
      text: `allowed: a rest of at least probes.deadline, ${seconds(probes.deadline)}`,
    })
  }
  return refusals
}

const controlCure = (scenario: Scenario, action: string): string | null => {
  if (action === 'checkpoint' && !scenario.checkpoints) {
    return 'a checkpoint needs the key checkpoints, which says how it is done'
  }
  if (['create', 'swap', 'drop'].includes(action) && scenario.reembed?.style !== 'blue-green') {
    return `${action} needs a second collection: reembed with style blue-green`
  }
  return null
}

const scopeRefusals = ({ dataset, phases, probes, reembed }: Scenario): Refusal[] => {
  const refusals: Refusal[] = []
  if (probes && probes.first >= probes.deadline) {
    refusals.push({ path: ['probes', 'first'], text: 'allowed: less than probes.deadline' })
  }
  if (!phases.some(({ measured }) => measured)) {
    refusals.push({ path: ['phases'], text: 'allowed: at least one measured phase' })
  }
  if (dataset.revisions === 1) {
    phases.forEach(({ writes }, i) => {
      if (writes && writes.mix.update > 0) {
        refusals.push({
          path: ['phases', i, 'writes', 'mix', 'update'],
          text: 'allowed: 0, for with dataset.revisions 1 there is nothing to update to',
        })
      }
    })
  }
  if (reembed?.style === 'blue-green') refusals.push(...blueGreenRefusals(phases, reembed.at))
  return refusals
}

const blueGreenRefusals = (phases: Scenario['phases'], at: number): Refusal[] => {
  const starts = phases.map((_, i) => phases.slice(0, i).reduce((sum, one) => sum + one.for, 0))
  const lead = starts[phases.findIndex(({ measured }) => measured)] ?? 0
  const refusals: Refusal[] = []
  const seen = new Set<string>()
  phases.forEach(({ control }, i) => {
    control.forEach(({ at: when, do: action }, j) => {
      const path = ['phases', i, 'control', j, 'at']
      if (action === 'create' && starts[i]! + when > lead + at) {
        refusals.push({ path, text: 'allowed: before the re-embedding begins' })
      }
      if (action !== 'compact' && action !== 'checkpoint' && seen.has(action)) {
        refusals.push({ path, text: `allowed: one ${action} in all` })
      }
      seen.add(action)
    })
  })
  if (!seen.has('create') && lead + at < CREATE_LEAD) {
    refusals.push({
      path: ['reembed', 'at'],
      text: `allowed: ${seconds(CREATE_LEAD - lead)} or later, for the new collection is created 2s before`,
    })
  }
  return refusals
}

/** How long before the first backfill write the new collection is created (interfaces §1). */
export const CREATE_LEAD = 2_000_000

const seconds = (micros: number): string => `${micros / 1_000_000}s`
