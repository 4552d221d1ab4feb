import { type Micros, type Runbook, type Scenario, SECOND } from '../../model/index.ts'

/** One step laid out in workload time. */
export interface Span {
  /** From 1, as the file counts. */
  readonly step: number
  readonly from: Micros
  readonly to: Micros
  /** Rows a second. */
  readonly rate: number
  /** Rows of the step that are loaded before the clock starts, its first ones. */
  readonly preloaded: number
}

export interface Timeline {
  readonly spans: readonly Span[]
  /** The instants of the search steps, in the order of the steps. */
  readonly checkpoints: readonly Micros[]
  readonly end: Micros
}

/**
 * The steps one after the other, each as long as its rows take at its rate. A search takes no workload time: it is a
 * checkpoint, which stops it. A wait lasts `settle`. The first `preload` rows of step 1 take none either.
 */
export const timelineOf = (
  { rate, steps }: Pick<Runbook, 'rate' | 'steps'>,
  preload: number,
  settle: Micros,
): Timeline => {
  let at = 0
  const checkpoints: Micros[] = []
  const spans = steps.map((step, i): Span => {
    const from = at
    const own = (step.do === 'insert' ? step.rate : undefined) ?? rate
    const preloaded = i === 0 ? preload : 0
    if (step.do === 'search') checkpoints.push(at)
    else if (step.do === 'wait') at += settle
    else at += Math.ceil(((step.end - step.start - preloaded) * SECOND) / own)
    return { step: i + 1, from, to: at, rate: own, preloaded }
  })
  return { spans, checkpoints, end: at }
}

/** The timeline of a scenario that plays a runbook. */
export const timelineOfScenario = (scenario: Scenario, runbook: Runbook): Timeline =>
  timelineOf(runbook, scenario.preload, scenario.checkpoints?.settle ?? 0)
