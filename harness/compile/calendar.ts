import { type CheckpointSpan, type Micros, type Scenario, SECOND } from '../model/index.ts'
import { timelineOfScenario } from './runbook/timeline.ts'

/**
 * Workload time is the time that phases, arrivals and picks are counted in; a checkpoint stops it. Trace time is what
 * the clock of a run shows. `stretch` leads from one to the other.
 */
export interface Calendar {
  /** In workload time. */
  readonly phases: readonly { readonly from: Micros; readonly to: Micros }[]
  /** In workload time, ascending. */
  readonly checkpoints: readonly Micros[]
  readonly end: Micros
  /** Where the first measured phase begins, in workload time. */
  readonly measured: Micros
  /** How long a checkpoint holds the workload up. */
  readonly pause: Micros
  /**
   * The instant of the trace at which this instant of the workload comes: what is due at a checkpoint comes
   * after it.
   */
  stretch(workload: Micros): Micros
  /** The phase of an instant of the workload; the end belongs to the last. */
  phaseAt(workload: Micros): number
}

/** @param searches how many searches one checkpoint asks */
export const calendarOf = (scenario: Scenario, searches: number): Calendar => {
  let end = 0
  const phases = scenario.phases.map(({ for: length }) => {
    const from = end
    end += length
    return { from, to: end }
  })
  const { runbook } = scenario
  const checkpoints = runbook
    ? timelineOfScenario(scenario, runbook).checkpoints
    : checkpointInstants(scenario, phases)
  const { settle = 0, rate = 1 } = scenario.checkpoints ?? {}
  const pause = settle + Math.ceil((searches * SECOND) / rate)
  return {
    phases,
    checkpoints,
    end,
    measured: phases[scenario.phases.findIndex(({ measured }) => measured)]?.from ?? end,
    pause,
    stretch: (workload) => workload + pause * countUpTo(checkpoints, workload),
    phaseAt: (workload) => {
      const next = phases.findIndex(({ to }) => workload < to)
      return next < 0 ? phases.length - 1 : next
    },
  }
}

/**
 * Every `every` of time spent in measured phases, and where a control asks for one; two at one instant are one. One on
 * the border of two phases belongs to the phase that ends there, so the end of the last phase may be one too.
 */
const checkpointInstants = (
  { checkpoints, phases }: Scenario,
  spans: readonly { readonly from: Micros }[],
): readonly Micros[] => {
  if (!checkpoints) return []
  const instants = new Set<Micros>()
  let before = 0
  phases.forEach((phase, i) => {
    const { from } = spans[i]!
    for (const { at, do: action } of phase.control)
      if (action === 'checkpoint') instants.add(from + at)
    if (!phase.measured || checkpoints.every === 0) return
    for (
      let n = Math.floor(before / checkpoints.every) + 1;
      n * checkpoints.every <= before + phase.for;
      n++
    ) {
      instants.add(from + n * checkpoints.every - before)
    }
    before += phase.for
  })
  return [...instants].sort((a, b) => a - b)
}

const countUpTo = (instants: readonly Micros[], limit: Micros): number => {
  let low = 0
  let high = instants.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (instants[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low
}

/** The checkpoints as they lie in the trace. */
export const checkpointSpans = (
  scenario: Scenario,
  calendar: Calendar,
): readonly CheckpointSpan[] => {
  const { checkpoints, pause, phaseAt } = calendar
  const options = scenario.checkpoints
  if (!options) return []
  const last = checkpoints.length - 1
  const chosen = (i: number): boolean =>
    ({ none: false, last: i === last, ends: i === 0 || i === last, all: true })[
      options.rebuildControl
    ]
  return checkpoints.map((workload, i) => {
    const from = workload + pause * i
    return {
      phase: phaseAt(Math.max(0, workload - 1)),
      from,
      searches: from + options.settle,
      to: from + pause,
      rebuild: chosen(i),
    }
  })
}
